"""The committee office's part of the first page: which organs are behind, and the rows behind each number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from publicity.selectors.behind import Behind, behind
from publicity.selectors.clocks import AMBER_FROM
from publicity.selectors.desk import KIND_WORDS
from publicity.selectors.rates import Board
from publicity.views.staff.rates import Cell, cells, three


@dataclass(frozen=True)
class Rows:
    """Some rows of one kind and the list of exactly these."""

    label: str
    count: int
    url: str

    @property
    def words(self) -> str:
        return f"{self.label} {self.count:,} 条"


@dataclass(frozen=True)
class Organ:
    """One line of the table."""

    department: Department
    late: int
    overdue: list[Rows]
    soon: list[Rows]
    rates: list[Cell]


def overview(user: User, board: Board | None, today: dt.date) -> dict[str, Any]:
    """For those who look into every department. The committee office acts on no decision: this is its work."""
    if board is None or not policy.may_everywhere(user, Permission.DECISION_VIEW):
        return {"oversees": False}
    found = behind(user=user, board=board, today=today)
    return {
        "oversees": True,
        "organs": [organ(one, board.month) for one in found],
        "soon_days": AMBER_FROM,
        "overdue_in_all": sum(one.overdue for one in found),
        "soon_in_all": sum(one.soon for one in found),
    }


def organ(one: Behind, month: dt.date) -> Organ:
    code = one.line.department.uscc
    overdue = {kind: waiting.overdue for kind, waiting in one.by_kind.items()}
    soon = {kind: waiting.soon for kind, waiting in one.by_kind.items()}
    return Organ(
        department=one.line.department,
        late=one.late,
        overdue=rows(overdue, code, "overdue"),
        soon=rows(soon, code, "soon"),
        rates=three(cells(one.line.counts, month, one.line)),
    )


def rows(counts: Mapping[str, int], authority: str, clock: str) -> list[Rows]:
    query = urlencode({"authority": authority, "clock": clock})
    return [
        Rows(
            KIND_WORDS[kind],
            count,
            f"{reverse('staff:publicity:decision_list', args=[kind])}?{query}",
        )
        for kind, count in counts.items()
        if count
    ]
