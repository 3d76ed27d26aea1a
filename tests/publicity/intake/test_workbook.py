"""Finding the table in whatever departments send."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from publicity.intake.headings import column_letter, merged_notice
from publicity.intake.workbook import Table, WorkbookRefused, open_table

from .builders import PENALTY, PERMIT, edited, saved, table, workbook

ROWS = [PENALTY | {"document_number": f"（淮）应急罚〔2026〕{n}号"} for n in range(1, 6)]
SHEET = "xl/worksheets/sheet1.xml"


def numbers(found: Table) -> list[int]:
    return [number for block in found.blocks() for number in block.sheet_rows]


def refusal(source: io.BytesIO, filename: str = "", kind: str | None = None) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        open_table(source, filename, kind)
    return refused.value.user_message


def test_header_in_the_first_row() -> None:
    found = open_table(workbook(table("penalty", *ROWS)))
    assert (found.header.row, found.header.kind, found.sheet) == (1, "penalty", "数据")
    assert numbers(found) == [2, 3, 4, 5, 6]


def test_notes_sheet_titles_and_filler_rows_before_the_header() -> None:
    rows = [["处罚信息公示表"], ["填报单位：某局", None, "填报日期"], [], *table("penalty", *ROWS)]
    found = open_table(workbook({"填表说明": [["一、说明"]], "数据": rows}))
    assert (found.sheet, found.header.row, numbers(found)) == ("数据", 4, [5, 6, 7, 8, 9])


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (["填报单位：某局", None, "填报日期：2026年11月2日"], "某局"),
        (["填报单位（盖章）：某局"], "某局"),
        (["填报单位:", "某局", "填报日期："], "某局"),
        (["填报单位：", None, None, "填报日期："], ""),
        (["2026年10月"], ""),
        (["填报单位："], ""),
    ],
)
def test_the_organ_that_filled_it_in(line: list[str | None], named: str) -> None:
    rows = [["处罚信息公示表"], line, *table("penalty", *ROWS)]
    assert open_table(workbook(rows)).filer == named
    assert open_table(workbook(table("penalty", *ROWS))).filer == ""


def test_columns_in_any_order_and_beginning_anywhere() -> None:
    lines = table("penalty", *ROWS)
    order = list(range(len(lines[0])))
    random.Random(7).shuffle(order)
    shuffled = [[None, None, *(line[i] for i in order)] for line in lines]
    found = open_table(workbook([[], *shuffled]))
    block = next(found.blocks())
    assert list(block.cells["document_number"]) == [row["document_number"] for row in ROWS]
    assert block.serials == [1, 2, 3, 4, 5]
    column = next(c for c in found.header.columns if c.field.name == "document_number")
    assert found.place(column, 3) == f"{column_letter(order.index(14) + 2)}3"


def test_unknown_columns_are_reported_and_our_own_are_not() -> None:
    lines = table("penalty", *ROWS)
    lines[0] += ["经办处室", "原因", "原表行号"]
    found = open_table(workbook(lines))
    assert found.header.unknown == ("经办处室",)
    assert found.notices == ("没有识别的列，未读取：“经办处室”。",)


def test_the_canonical_heading_wins_over_an_alias() -> None:
    lines = [
        ["统一社会信用代码", *line] if i == 0 else ["x", *line]
        for i, line in enumerate(table("penalty", *ROWS))
    ]
    found = open_table(workbook(lines))
    assert next(found.blocks()).cells["party_code"][0] == PENALTY["party_code"]
    assert found.header.unknown == ("统一社会信用代码",)


def test_the_first_of_two_equal_headings_counts() -> None:
    lines = table("penalty", *ROWS)
    for position, line in enumerate(lines):
        line.append("处罚类别" if position == 0 else "警告")
    assert next(open_table(workbook(lines)).blocks()).cells["penalty_category"][0] == "罚款"


def test_without_serial_numbers() -> None:
    found = open_table(workbook([line[1:] for line in table("penalty", *ROWS)]))
    assert next(found.blocks()).serials == [""] * 5


def test_blank_rows_signatures_totals_and_repeated_headers_are_passed_over() -> None:
    lines = table("penalty", *ROWS)
    codes = [None, "CF_XDR_MC", "CF_XDR_LB", None, *[None] * 10, "CF_WSH", "CF_WFXW"]
    rows = [
        lines[0],
        codes,
        *lines[1:3],
        [],
        [6],
        ["   ", " "],
        lines[0],
        *lines[3:],
        ["合计", None, "5 件"],
        ["填表人：", None, None, "审核人："],
        [None, "注：本表一式两份"],
    ]
    assert numbers(open_table(workbook(rows))) == [3, 4, 9, 10, 11]


def test_a_row_with_only_some_cells_is_data() -> None:
    lines = table("penalty", PENALTY | {"party_name": None})
    assert numbers(open_table(workbook(lines))) == [2]


def test_a_hundred_thousand_formatted_blank_rows_are_harmless() -> None:
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(10, 100_010))
    source = edited(
        workbook(table("penalty", *ROWS)), SHEET, b"</sheetData>", blank + b"</sheetData>"
    )
    assert numbers(open_table(source)) == [2, 3, 4, 5, 6]


def test_rows_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicity.intake.workbook.MAX_ROWS", 4)
    with pytest.raises(WorkbookRefused, match="最多 4 行"):
        numbers(open_table(workbook(table("penalty", *ROWS))))


def test_merged_cells_among_the_data_are_pointed_out() -> None:
    book = load_workbook(workbook(table("penalty", *ROWS)))
    book["数据"].merge_cells("B2:B4")
    assert open_table(saved(book)).notices == (
        "第 2 行起有上下合并的单元格，合并的内容只算在第一行。请取消合并并逐行填写。",
    )
    assert merged_notice([((n, 0), (n + 1, 0)) for n in range(1, 9)], 1).startswith(
        "第 2、3、4、5、6等 行"
    )


def test_formulas_are_read_as_last_calculated() -> None:
    source = edited(
        workbook(table("penalty", *ROWS)), SHEET, b"<v>3.2</v>", b"<f>1.6*2</f><v>3.2</v>"
    )
    found = open_table(source)
    assert found.notices == ("表中有公式，按最近一次保存的计算结果读取。",)
    assert next(found.blocks()).cells["fine_amount"][0] == 3.2


def test_days_may_count_from_1904() -> None:
    assert not open_table(workbook(table("penalty", *ROWS))).epoch_1904
    source = edited(
        workbook(table("penalty", *ROWS)),
        "xl/workbook.xml",
        b"<workbookPr",
        b'<workbookPr date1904="1"',
    )
    assert open_table(source).epoch_1904


def test_hidden_sheets_are_not_looked_at() -> None:
    book = load_workbook(
        workbook({"数据": table("penalty", *ROWS), "旧数据": table("penalty", *ROWS)})
    )
    book["旧数据"].sheet_state = "hidden"
    assert open_table(saved(book)).sheet == "数据"


def test_an_empty_copy_of_the_table_does_not_disturb() -> None:
    assert (
        open_table(workbook({"空表": table("penalty"), "数据": table("penalty", *ROWS)})).sheet
        == "数据"
    )


def test_kind_is_told_by_the_headings() -> None:
    assert open_table(workbook(table("permit", PERMIT))).header.kind == "permit"
    assert open_table(workbook(table("permit", PERMIT)), kind="permit").header.kind == "permit"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["没有", "表头"], [1, 2]], "没有找到表头"),
        ([], "没有找到表头"),
        ([[]] * 25 + table("penalty", *ROWS), "前 20 行里没有找到表头"),
        (table("penalty"), "表头下面没有数据"),
    ],
)
def test_a_sheet_without_table_or_data(rows: list[list[Any]], sentence: str) -> None:
    assert sentence in refusal(workbook(rows))


def test_two_sheets_with_data_are_both_named() -> None:
    both = workbook({"九月": table("penalty", *ROWS), "十月": table("penalty", *ROWS)})
    assert "“九月”、“十月”" in refusal(both)


def test_missing_required_columns_are_named() -> None:
    lines = [
        [cell for i, cell in enumerate(line) if i not in (3, 18)]
        for line in table("penalty", *ROWS)
    ]
    assert "“行政相对人代码_1(统一社会信用代码)”、“处罚类别”" in refusal(workbook(lines))


def test_a_column_in_yuan_is_refused() -> None:
    lines = table("penalty", *ROWS)
    lines[0][lines[0].index("罚款金额（万元）")] = "罚款金额（元）"
    assert "单位是元" in refusal(workbook(lines))


def test_the_other_kind_of_table() -> None:
    assert "这是行政许可的表格，您选择的是行政处罚" in refusal(
        workbook(table("permit", PERMIT)), kind="penalty"
    )


def test_no_sheet_at_all() -> None:
    book = Workbook()
    book.create_chartsheet("图")
    book.remove(book["Sheet"])
    assert "没有找到表头" in refusal(saved(book))


def test_a_broken_sheet_is_refused() -> None:
    source = edited(workbook(table("penalty", *ROWS)), SHEET, b"<v>3.2</v>", b"<v>3.2</w>")
    assert "已损坏" in refusal(source)


def text_table(separator: str = ",") -> str:
    rows = [
        [str("" if cell is None else cell) for cell in line] for line in table("penalty", *ROWS)
    ]
    return "\r\n".join(separator.join(row) for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_files_of_old_systems(encoding: str, separator: str) -> None:
    source = io.BytesIO((text_table(separator) + "\r\n合计").encode(encoding))
    found = open_table(source, "十月.csv")
    assert numbers(found) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\xff\xfe\x00\xff", "编码"),
        (b"\x00" * 200_000, "格式有误"),
        (b"a,b\n", "没有找到表头"),
    ],
)
def test_bad_text_files(content: bytes, sentence: str) -> None:
    assert sentence in refusal(io.BytesIO(content), "x.csv")


def test_a_large_text_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicity.intake.workbook.MAX_CSV", 10)
    assert "过大" in refusal(io.BytesIO(text_table().encode()), "x.csv")


def test_a_workbook_called_csv_is_read_as_a_workbook() -> None:
    assert numbers(open_table(workbook(table("penalty", *ROWS)), "x.csv")) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "lines", [["序号" + ",x" * 100, *["a"] * 10], ["a"] * 30], ids=["too-wide", "too-long"]
)
def test_one_wide_or_endless_text_file_cannot_fill_the_memory(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publicity.intake.workbook.MAX_SHEET_ROWS", 20)
    with pytest.raises(WorkbookRefused, match="很远的位置"):
        open_table(io.BytesIO("\n".join(lines).encode()), "x.csv", "penalty")
