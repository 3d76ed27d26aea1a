"""What the commands print of a checked workbook. The keys are a promise to scripts."""

from __future__ import annotations

from typing import Any

from .check import CheckedRow, WorkbookCheck


def answer(check: WorkbookCheck, rows: list[CheckedRow]) -> dict[str, Any]:
    """The document that `--json` prints, complete once every row has been taken."""
    summary = check.summary
    return {
        "kind": check.kind,
        "sheet": check.sheet,
        "header_row": check.header_row,
        "notices": list(check.notices),
        "counts": {
            "rows": summary.rows,
            "accept": summary.accepted,
            "confirm": summary.to_confirm,
            "reject": summary.rejected,
            "late": summary.late,
        },
        "rows": [told(position, row) for position, row in enumerate(rows, start=1)],
    }


def told(position: int, row: CheckedRow) -> dict[str, Any]:
    """`row` is 序号, or the position among the data rows where the sheet has none. A rejected row has no
    deadline: what it would count from may be the very thing that is wrong."""
    deadline = row.deadline.result.isoformat() if row.deadline and row.verdict != "reject" else None
    cleaned = dict.fromkeys(note["code"] for note in row.cleaned)
    serial = int(row.serial) if row.serial.isdecimal() else row.serial or position
    return {
        "row": serial,
        "sheet_row": row.sheet_row,
        "verdict": row.verdict,
        "why": row.why,
        "deadline": deadline,
        "late": row.late,
        "normalise": ",".join(cleaned) or None,
        "problems": [{"row": row.sheet_row, **problem} for problem in row.problems],
        "cleaned": row.cleaned,
    }
