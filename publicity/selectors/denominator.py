"""What a month should have brought beyond the decisions that the portal holds: missing numbers, unfiled cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from .cases import cases_beside_gaps
from .gaps import GAPS, Scope, counted_statuses

# A number may be of the year before its decision or after it, by the turn of the year; never further off.
_DUE = """{gaps}
SELECT department_id, kind, date_trunc('month', counted_on)::date,
  count(*) FILTER (WHERE case_decided_on IS NULL), count(*) FILTER (WHERE case_decided_on IS NOT NULL)
FROM gaps WHERE counted_on >= %(first)s AND counted_on < %(end)s AND status = ANY(%(status)s)
GROUP BY 1, 2, 3
"""
DUE = _DUE.format(gaps=GAPS)


@dataclass(frozen=True)
class Absent:
    """Due, and not there: missing numbers that count, and decided cases."""

    gaps: int = 0
    cases: int = 0


def absent(
    departments: Sequence[int], first: dt.date, end: dt.date
) -> dict[tuple[int, str, dt.date], Absent]:
    """(department, kind, month) → what is absent, from `first` until before `end`; two queries."""
    scope = Scope(departments, years=(first.year - 1, end.year), status=counted_statuses(first))
    found: dict[tuple[int, str, dt.date], Absent] = {}
    with connection.cursor() as cursor:
        cursor.execute(DUE, scope.parameters(first=first, end=end))
        for department, kind, month, gaps, cases in cursor.fetchall():
            found[department, kind, month] = Absent(gaps, cases)
    for key, count in cases_beside_gaps(departments, first, end).items():
        beside = found.get(key, Absent())
        found[key] = Absent(beside.gaps, beside.cases + count)
    return found
