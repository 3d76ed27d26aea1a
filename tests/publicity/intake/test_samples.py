"""The samples' own verdicts, row by row."""

from __future__ import annotations

import json

import pytest

from publicity.intake.check import CheckedRow, WorkbookCheck, check_workbook

from .builders import codes
from .conftest import DATA, context_on

pytestmark = pytest.mark.usefixtures("city")


def checked(name: str) -> tuple[WorkbookCheck, list[CheckedRow]]:
    check = check_workbook(DATA / name, name, None, context_on())
    return check, list(check)


def deadline(row: CheckedRow) -> str | None:
    return row.deadline.result.isoformat() if row.deadline else None


def test_penalties_get_the_verdicts_that_came_with_them() -> None:
    expected = json.loads((DATA / "penalties-2026-10.expected.json").read_text())
    check, rows = checked("penalties-2026-10.xlsx")
    assert (check.kind, check.sheet, check.header_row) == ("penalty", "数据", 3)
    assert (check.summary.accepted, check.summary.to_confirm, check.summary.rejected) == (
        963,
        2,
        35,
    )
    differing = [
        (want["row"], row.verdict, row.why)
        for want, row in zip(expected["rows"], rows, strict=True)
        if (str(want["row"]), want["verdict"], want["why"]) != (row.serial, row.verdict, row.why)
    ]
    assert differing == []


def test_deadlines_and_cleanings_are_those_expected() -> None:
    expected = json.loads((DATA / "penalties-2026-10.expected.json").read_text())["rows"]
    _, rows = checked("penalties-2026-10.xlsx")
    pairs = list(zip(expected, rows, strict=True))
    assert [deadline(row) for want, row in pairs if "deadline" in want] == [
        want["deadline"] for want in expected if "deadline" in want
    ]
    assert [",".join(dict.fromkeys(codes(row.cleaned))) for _, row in pairs] == [
        want.get("normalise", "") for want in expected
    ]


def test_every_permit_is_acceptable() -> None:
    check, rows = checked("permits-2026-10.xlsx")
    assert (check.kind, check.summary.rows, check.summary.accepted) == ("permit", 250, 250)
    assert {row.verdict for row in rows} == {"accept"}
    assert check.notices == ()


def test_lateness_is_a_flag_and_not_a_verdict() -> None:
    check, rows = checked("penalties-2026-10.xlsx")
    late = [row for row in rows if row.late]
    assert check.summary.late == len(late) > 800
    assert "accept" in {row.verdict for row in late}
    assert all("late" in codes(row.problems) for row in late)
