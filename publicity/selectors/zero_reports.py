"""Months of which a department says that they brought nothing, and whether that still holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from credit_portal.accounts.models import Department

from ..models import DECISION_MODELS, ZeroReport
from ..querysets import month_after
from .denominator import Absent, absent

SHOWN_MONTHS = 12


@dataclass(frozen=True)
class MonthOfKind:
    """What a department has of one kind and month: decisions, missing numbers, cases, and what it stated."""

    month: dt.date
    kind: str
    decisions: int
    absent: Absent
    report: ZeroReport | None

    @property
    def empty(self) -> bool:
        return not (self.decisions or self.absent.gaps or self.absent.cases)

    @property
    def contradicted(self) -> bool:
        """Signed as empty, and something is of that month after all."""
        return self.report is not None and not self.empty


def months_of(department: Department) -> list[MonthOfKind]:
    """The last whole months, the newest first, each kind by itself."""
    this_month = timezone.localdate().replace(day=1)
    months = [(this_month - dt.timedelta(days=1)).replace(day=1)]
    while len(months) < SHOWN_MONTHS:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return found(department, months[-1], this_month, months)


def month_of(department: Department, kind: str, month: dt.date) -> MonthOfKind:
    rows = found(department, month, month_after(month), [month])
    return next(row for row in rows if row.kind == kind)


def found(
    department: Department, first: dt.date, end: dt.date, months: Sequence[dt.date]
) -> list[MonthOfKind]:
    missing = absent([department.pk], first, end)
    reports = {
        (report.kind, report.month): report
        for report in ZeroReport.objects.filter(
            department=department, month__gte=first, month__lt=end
        ).select_related("signed_by")
    }
    held = {kind: decisions_by_month(department, kind, first, end) for kind in DECISION_MODELS}
    return [
        MonthOfKind(
            month,
            kind,
            held[kind].get(month, 0),
            missing.get((department.pk, kind, month), Absent()),
            reports.get((kind, month)),
        )
        for month in months
        for kind in ("penalty", "permit")
    ]


def decisions_by_month(
    department: Department, kind: str, first: dt.date, end: dt.date
) -> dict[dt.date, int]:
    rows = DECISION_MODELS[kind].objects.filter(
        authority=department, decided_on__gte=first, decided_on__lt=end
    )
    counted = rows.order_by().annotate(month=TruncMonth("decided_on")).values_list("month")
    return dict(counted.annotate(Count("pk")))


def stated(departments: Sequence[int], month: dt.date) -> dict[int, list[ZeroReport]]:
    """Department → what it signed for the month."""
    reports: dict[int, list[ZeroReport]] = {}
    rows = ZeroReport.objects.filter(department__in=departments, month=month.replace(day=1))
    for report in rows.order_by("-kind"):
        reports.setdefault(report.department_id, []).append(report)
    return reports
