"""The faulty rows in their own workbook, the round trip, and the official template."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from publicity.fields import fields_for
from publicity.intake.check import CheckedRow, check_workbook
from publicity.intake.context import CheckContext
from publicity.intake.returns import FORMULA_STARTS, faulty_workbook, official_template
from publicity.intake.workbook import WorkbookRefused, open_table

from .builders import PENALTY, edited, saved, table, workbook
from .conftest import DATA, context_on

SHEET = "xl/worksheets/sheet1.xml"
SAMPLE = DATA / "penalties-2026-10.xlsx"


def faults(rows: list[CheckedRow]) -> dict[int, list[str]]:
    return {
        row.sheet_row: [item["sentence"] for item in row.problems if item["severity"] != "warn"]
        for row in rows
        if row.verdict != "accept"
    }


def returned(source: io.BytesIO, lines: dict[int, list[str]]) -> Any:
    return load_workbook(io.BytesIO(faulty_workbook(source, lines)))


@pytest.mark.usefixtures("city")
def test_the_sample_comes_back_with_its_faulty_rows_only() -> None:
    rows = list(check_workbook(SAMPLE, SAMPLE.name, None, context_on()))
    with SAMPLE.open("rb") as source:
        content = faulty_workbook(source, faults(rows))
    book = load_workbook(io.BytesIO(content))
    sheet = book["数据"]
    assert book.sheetnames == ["填表说明", "数据"]
    assert sheet["A1"].value == "淮南市安全生产行政处罚信息公示表（2026年10月）"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:H1"]
    assert sheet.column_dimensions["E"].hidden
    assert [cell.value for cell in sheet[3]][-2:] == ["原因", "原表行号"]
    assert sheet.max_row == 3 + 37
    assert sheet["AG4"].value == 18
    assert "校验码不符" in sheet["AF4"].value
    assert (sheet["X4"].value, sheet["X4"].number_format) == (
        dt.datetime(2026, 10, 1),  # noqa: DTZ001 - spreadsheets have no zones
        "yyyy/mm/dd",
    )


@pytest.mark.usefixtures("city")
def test_a_corrected_return_reads_well() -> None:
    rows = list(check_workbook(SAMPLE, SAMPLE.name, None, context_on()))
    wrong = {row.sheet_row: row for row in rows if "fine_without_amount" in row.why}
    with SAMPLE.open("rb") as source:
        book = load_workbook(io.BytesIO(faulty_workbook(source, faults(list(wrong.values())))))
    for number, row in enumerate(wrong.values(), start=4):
        text = row.values["penalty_content"].removeprefix("处罚款人民币")
        book["数据"].cell(number, 21).value = float(text.removesuffix("万元"))
    check = check_workbook(saved(book), "改正.xlsx", None, context_on())
    again = list(check)
    assert check.notices == ()
    assert [row.verdict for row in again] == ["accept", "accept"]
    assert [row.values["document_number"] for row in again] == [
        row.values["document_number"] for row in wrong.values()
    ]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_nothing_that_comes_back_is_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    book = load_workbook(workbook(table("penalty", PENALTY)))
    cell = book["数据"]["Q2"]
    cell.value, cell.data_type = text, "s"
    sheet = returned(saved(book), {2: [f"{start}cmd"]})["数据"]
    kept = sheet["Q2"]
    assert kept.value.strip() == text.strip()
    assert (kept.data_type, kept.quotePrefix) == ("s", True)
    assert (sheet["AF2"].data_type, sheet["AF2"].quotePrefix) == ("s", True)


def test_formulas_come_back_as_their_values() -> None:
    source = edited(
        workbook(table("penalty", PENALTY)), SHEET, b"<v>3.2</v>", b"<f>1.6*2</f><v>3.2</v>"
    )
    cell = returned(source, {2: ["原因"]})["数据"]["U2"]
    assert (cell.value, cell.data_type) == (3.2, "n")


def test_control_characters_and_line_breaks_survive() -> None:
    source = edited(
        workbook(table("penalty", PENALTY | {"facts": "第一段\n第二段"})), SHEET, b"", b""
    )
    cell = returned(source, {2: ["a\x01b"]})["数据"]["Q2"]
    assert (cell.value, cell.alignment.wrap_text) == ("第一段\n第二段", True)
    assert returned(source, {2: ["a\x01b"]})["数据"]["AF2"].value == "ab"


def test_dates_without_a_format_get_one() -> None:
    rows = [PENALTY | {"decided_on": "20261009"}, PENALTY | {"document_number": "2号"}]
    sheet = returned(workbook(table("penalty", *rows)), {3: ["原因"]})["数据"]
    assert sheet["X2"].number_format == "yyyy/mm/dd"
    assert sheet.max_row == 2


def test_merged_data_and_shifted_tables_come_back() -> None:
    lines = [
        [None, *line] for line in table("penalty", PENALTY, PENALTY | {"document_number": "2号"})
    ]
    book = load_workbook(workbook(lines))
    book["数据"].merge_cells("AB2:AB3")
    book["数据"].auto_filter.ref = "B1:AF3"
    sheet = returned(saved(book), {3: ["原因"]})["数据"]
    assert sheet.merged_cells.ranges == set()
    assert (sheet["P2"].value, sheet["AG2"].value, sheet["AH2"].value) == ("2号", "原因", 3)


def test_a_long_sheet_is_cut_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicity.intake.returns.PIECE", 3000)
    rows = [PENALTY | {"document_number": f"{n}号"} for n in range(1, 60)]
    sheet = returned(workbook(table("penalty", *rows)), {50: ["原因"]})["数据"]
    assert (sheet.max_row, sheet["O2"].value) == (2, "49号")


def test_a_table_of_one_row_needs_no_cutting() -> None:
    assert returned(workbook(table("penalty", PENALTY)), {2: ["原因"]})["数据"].max_row == 2


def test_relative_part_names_are_understood() -> None:
    source = workbook({"说明": [["x"]], "数据": table("penalty", PENALTY, PENALTY)})
    source = edited(source, "xl/_rels/workbook.xml.rels", b'"/xl/worksheets/', b'"worksheets/')
    assert returned(source, {3: ["原因"]})["数据"].max_row == 2


def test_rows_go_back_plainly_where_the_writer_cannot_read_the_styles(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines = [[None, *line] for line in table("penalty", PENALTY)]
    source = edited(workbook(lines), "xl/styles.xml", b"<fonts", b"<wrong")
    sheet = returned(source, {2: ["原因"]})["数据"]
    assert [sheet["C1"].value, sheet["C2"].value] == ["行政相对人名称", PENALTY["party_name"]]
    assert sheet["AG2"].value == "原因"
    assert "without their formats" in caplog.text


def test_reasons_stand_right_of_all_that_was_written() -> None:
    lines = [*table("penalty", PENALTY), [2, *table("penalty", PENALTY)[1][1:], "旁注"]]
    sheet = returned(workbook(lines), {3: ["原因"]})["数据"]
    assert [sheet["AF2"].value, sheet["AG2"].value, sheet["AH2"].value] == ["旁注", "原因", 3]


def test_only_so_many_rows_go_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicity.intake.returns.MAX_ROWS", 2)
    rows = [PENALTY | {"document_number": f"{n}号"} for n in range(1, 6)]
    sheet = returned(workbook(table("penalty", *rows)), {n: ["原因"] for n in range(2, 7)})["数据"]
    assert sheet.max_row == 3
    assert "共 5 行，本表先退回前 2 行" in sheet["AH1"].value


@pytest.mark.parametrize("serial", [True, False])
def test_text_files_come_back_as_workbooks(serial: bool) -> None:
    lines = [
        line if serial else line[1:]
        for line in table("penalty", PENALTY | {"decided_on": "2026/10/09"})
    ]
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines)
    content = faulty_workbook(io.BytesIO(text.encode()), {2: ["原因"]}, "x.csv")
    found = open_table(io.BytesIO(content))
    assert list(next(found.blocks()).cells["decided_on"]) == ["2026/10/09"]
    assert (found.header.serial is not None) is serial


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_the_template_has_every_field_marks_lists_and_formats(kind: str) -> None:
    book = load_workbook(
        io.BytesIO(official_template(kind, ["淮南市应急管理局", "寿县应急管理局"]))
    )
    assert book.sheetnames == ["填表说明", "数据", "字典"]
    assert book["字典"].sheet_state == "hidden"
    sheet = book["数据"]
    headings = [cell.value for cell in sheet[3]]
    assert headings == [
        "序号",
        *(("*" if row.required else "") + row.label for row in fields_for(kind)),
    ]
    lists = {
        str(item.sqref).split("4:")[0]: item.formula1
        for item in sheet.data_validations.dataValidation
    }
    assert lists["C"] == "'字典'!$C$1:$C$3"
    assert len(lists) == (6 if kind == "penalty" else 7)
    assert [book["字典"]["C1"].value, book["字典"]["C3"].value] == [
        "法人及非法人组织",
        "个体工商户",
    ]
    assert sheet.column_dimensions["D"].number_format == "@"


def test_the_template_without_organs_has_no_list_of_them() -> None:
    sheet = load_workbook(io.BytesIO(official_template("penalty", [])))["数据"]
    assert len(sheet.data_validations.dataValidation) == 4


def test_an_unfilled_template_says_so_and_a_filled_one_is_read(context: CheckContext) -> None:
    content = official_template("penalty", [])
    with pytest.raises(WorkbookRefused, match="表头下面没有数据"):
        open_table(io.BytesIO(content))
    book = load_workbook(io.BytesIO(content))
    for place, cell in enumerate(table("penalty", PENALTY)[1], start=1):
        book["数据"].cell(4, place).value = cell
    (row,) = check_workbook(saved(book), "x.xlsx", "penalty", context)
    assert (row.verdict, row.problems, row.cleaned) == ("accept", [], [])
