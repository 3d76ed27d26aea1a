"""Spot checks and what they found: the rows behind 瞒报率."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from ..models import RegisterCase, SpotCheck, SpotCheckRow


@dataclass(frozen=True)
class Spot:
    """Rows of concluded checks."""

    checked: int = 0
    unreported: int = 0


@dataclass(frozen=True)
class DrawnRow:
    """A drawn case, and whether the portal holds its decision today."""

    row: SpotCheckRow
    filed: bool


def spots(
    departments: Sequence[int], first: dt.date, end: dt.date
) -> dict[tuple[int, str, dt.date], Spot]:
    """(department, kind, month of the cases) → what concluded checks found."""
    rows = SpotCheckRow.objects.filter(
        check_of__department__in=departments,
        check_of__month__gte=first,
        check_of__month__lt=end,
        check_of__concluded_at__isnull=False,
    )
    department, kind, month = ("check_of__department", "kind", "check_of__month")
    counted = (
        rows.order_by()
        .values(department, kind, month)
        .annotate(
            checked=Count("pk"),
            unreported=Count("pk", filter=Q(finding=SpotCheckRow.Finding.UNREPORTED)),
        )
    )
    return {
        (row[department], row[kind], row[month]): Spot(row["checked"], row["unreported"])
        for row in counted
    }


def drawn_rows(check: SpotCheck) -> list[DrawnRow]:
    rows = list(check.rows.order_by("place"))
    cases = RegisterCase.objects.filter(pk__in=[row.case_id for row in rows]).with_filing()
    filed = {case.pk: bool(case.filed) for case in cases}  # type: ignore[attr-defined]
    return [DrawnRow(row, filed[row.case_id]) for row in rows]
