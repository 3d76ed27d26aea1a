"""Whole workbooks through the check: blocks, duplicates, formulas, both kinds."""

from __future__ import annotations

import io

import pytest

from publicity.intake.check import check_values, check_workbook, kind_of, serial_text
from publicity.intake.context import CheckContext

from .builders import PENALTY, PERMIT, codes, edited, table, workbook

SHEET = "xl/worksheets/sheet1.xml"


def numbered(count: int) -> list[dict[str, object]]:
    return [
        PENALTY | {"document_number": f"（淮）应急罚〔2026〕{n}号"} for n in range(1, count + 1)
    ]


def test_duplicates_across_blocks_name_the_first_row(context: CheckContext) -> None:
    rows = [*numbered(5), numbered(5)[1]]
    check = check_workbook(workbook(table("penalty", *rows)), "x.xlsx", "penalty", context)
    check.table.block_size = 2
    judged = list(check)
    assert [row.verdict for row in judged] == ["accept"] * 5 + ["reject"]
    assert judged[5].why == ["duplicate_in_file"]
    assert "与第 3 行重复" in judged[5].problems[0]["sentence"]
    assert check.summary.rows == 6


def test_another_organ_or_day_is_no_duplicate(context: CheckContext) -> None:
    county = {
        "authority_name": "寿县应急管理局",
        "authority_code": "11340422MAEBD7E87U",
    }
    rows = [
        PENALTY,
        PENALTY | county,
        PENALTY | {"decided_on": "2026-10-27"},
        PENALTY | {"document_number": ""},
    ]
    check = check_workbook(workbook(table("penalty", *rows)), "x.xlsx", None, context)
    judged = list(check)
    assert [row.why for row in judged] == [[], [], [], ["missing_required"]]
    (told,) = judged[2].problems
    assert (told["code"], told["severity"]) == ("number_twice", "warn")
    assert "与第 2 行的文号、相对人、机关相同，决定日期不同（2026-10-26）。" in told["sentence"]


def test_a_formula_without_result_is_explained(context: CheckContext) -> None:
    source = edited(
        workbook(table("penalty", *numbered(2))), SHEET, b"<v>3.2</v>", b"<f>1+1</f><v></v>"
    )
    row = next(iter(check_workbook(source, "x.xlsx", None, context)))
    assert row.why == ["fine_without_amount"]
    assert codes(row.cleaned) == ["formula_without_value"]


def test_a_formula_that_failed_is_explained(context: CheckContext) -> None:
    source = edited(
        workbook(table("penalty", *numbered(2))),
        SHEET,
        b'<c r="U2" t="n"><v>3.2</v>',
        b'<c r="U2" t="e"><v>#REF!</v>',
    )
    first, second = check_workbook(source, "x.xlsx", None, context)
    assert (first.why, second.why) == (["cell_error"], [])


def test_absent_optional_columns_are_empty(context: CheckContext) -> None:
    lines = [
        [cell for i, cell in enumerate(line) if i not in (5, 6, 22)]
        for line in table("penalty", *numbered(1))
    ]
    (row,) = check_workbook(workbook(lines), "x.xlsx", None, context)
    assert row.verdict == "accept"


def test_an_absent_conditional_column_is_missed_by_the_rows(context: CheckContext) -> None:
    lines = [
        [cell for i, cell in enumerate(line) if i != 20] for line in table("penalty", *numbered(1))
    ]
    (row,) = check_workbook(workbook(lines), "x.xlsx", None, context)
    assert row.why == ["fine_without_amount"]
    assert row.problems[0]["column"] == "罚款金额（万元）"


def test_problems_name_the_heading_as_it_stands(context: CheckContext) -> None:
    lines = table("penalty", PENALTY | {"facts": ""})
    lines[0][lines[0].index("违法事实")] = "* 处罚\n事由"
    (row,) = check_workbook(workbook(lines), "x.xlsx", None, context)
    assert row.problems[0]["sentence"] == "“* 处罚 事由”没有填写，请补填。"


def test_firms_need_no_id_beside_a_person_who_does(context: CheckContext) -> None:
    person = {
        "party_category": "自然人",
        "party_name": "王静",
        "party_code": "",
        "legal_representative": "",
    }
    check = check_workbook(
        workbook(table("penalty", PENALTY, PENALTY | person)), "x", None, context
    )
    assert [row.why for row in check] == [[], ["missing_required"]]


@pytest.mark.parametrize(
    ("raw", "text"), [(1.0, "1"), (1.5, "1.5"), ("甲-1 ", "甲-1"), ("", ""), ("x" * 30, "x" * 20)]
)
def test_serials(raw: object, text: str) -> None:
    assert serial_text(raw) == text


def test_kind_of() -> None:
    assert kind_of(workbook(table("permit", PERMIT))) == "permit"
    assert kind_of(io.BytesIO(workbook(table("penalty", PENALTY)).getvalue())) == "penalty"


def test_a_character_that_no_database_holds_is_dropped(context: CheckContext) -> None:
    lines = table("penalty", dict.fromkeys(PENALTY, "甲_x0000_"))
    lines[0].append("处_x0000_室")
    lines[1][0] = "1_x0000_"
    check = check_workbook(workbook(lines), "x.xlsx", None, context)
    (row,) = check
    assert row.verdict == "reject"
    assert "\x00" not in repr((row, check.notices))
    assert "\\x00" not in repr((row, check.notices))


def test_an_empty_form_is_judged(context: CheckContext) -> None:
    row = check_values("penalty", {}, context)
    assert (row.verdict, row.values) == ("reject", {})
    assert set(row.why) == {"missing_required"}
