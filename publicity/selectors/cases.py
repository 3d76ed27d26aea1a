"""Cases that should have been reported and were not, and how late each of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from credit_portal.accounts.models import Department
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.deadlines import explain

from ..intake.context import DEADLINE_RULE
from ..models import RegisterCase, RegisterUpload
from ..register_querysets import RegisterCaseQuerySet
from .clocks import workdays_late, workdays_left


@dataclass(frozen=True)
class CaseLine:
    """A case on its page. `late` working days behind its deadline; `excused` by a confirmed answer."""

    case: RegisterCase
    filed: bool
    excused: bool
    number_taken: bool  # the number is filed, of another party
    deadline: dt.date | None
    late: int
    left: int

    @property
    def word(self) -> str:
        if self.filed:
            return "已录入"
        if self.case.state == RegisterCase.State.DROPPED or self.case.decided_on is None:
            return str(self.case.get_state_display())
        if self.excused:
            return "已说明"
        if self.late:
            return f"应报未报，逾期 {self.late} 个工作日"
        return f"待录入，剩 {self.left} 个工作日" if self.left else "待录入，今天到期"

    @property
    def tone(self) -> str:
        if self.filed or self.excused:
            return "green"
        if self.deadline is None or self.case.state == RegisterCase.State.DROPPED:
            return ""
        return "red" if self.late else "amber"


def cases_of(department: Department, *, unfiled: bool) -> RegisterCaseQuerySet:
    """The department's cases, or those of them that count as due and are not there."""
    rows = RegisterCase.objects.filter(department=department).with_filing()
    if unfiled:
        return rows.due_unfiled().order_by("decided_on", "pk")
    return rows.order_by("-decided_on", "-pk")


def lines_of(rows: Iterable[RegisterCase]) -> list[CaseLine]:
    """Cases with their annotations, as the page shows them."""
    today, calendar = timezone.localdate(), load_calendar()
    lines = []
    for case in rows:
        deadline = (
            explain(DEADLINE_RULE, case.decided_on, calendar).result if case.decided_on else None
        )
        lines.append(
            CaseLine(
                case,
                case.filed,  # type: ignore[attr-defined]
                case.excused,  # type: ignore[attr-defined]
                case.number_taken and not case.filed,  # type: ignore[attr-defined]
                deadline,
                workdays_late(deadline, today, calendar) if deadline else 0,
                workdays_left(deadline, today, calendar) if deadline else 0,
            )
        )
    return lines


def unfiled_counts(departments: Sequence[int]) -> dict[int, int]:
    """Department → how many of its cases count as due and are not there."""
    rows = RegisterCase.objects.filter(department__in=departments).with_filing().due_unfiled()
    return dict(rows.order_by().values_list("department").annotate(Count("pk")))


def cases_beside_gaps(
    departments: Sequence[int], first: dt.date, end: dt.date
) -> dict[tuple[int, str, dt.date], int]:
    """(department, kind, month) → due cases that no missing number stands for: without a number of a series, or with
    one that is filed of another party. The others are counted with the missing numbers."""
    rows = RegisterCase.objects.filter(
        department__in=departments, decided_on__gte=first, decided_on__lt=end
    )
    found = rows.with_filing().due_unfiled().beside_gaps().order_by()
    counted = found.annotate(month=TruncMonth("decided_on")).values_list(
        "department", "kind", "month"
    )
    return {
        (department, kind, month): count
        for department, kind, month, count in counted.annotate(Count("pk"))
    }


def uploads_of(department: Department) -> list[RegisterUpload]:
    """The last tables that came in."""
    rows = RegisterUpload.objects.filter(department=department).for_table()
    return list(rows[:10])
