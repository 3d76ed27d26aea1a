"""The registers of all departments side by side, and what is said of one department's missing numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission

from ..models import NumberAnswer, NumberSeries
from ..register_querysets import NumberAnswerQuerySet
from .cases import unfiled_counts
from .gaps import ANSWERED, EXPIRED, OPEN, Scope, counted, tally

STANDINGS = {"waiting": "待确认", "confirmed": "已确认", "returned": "已退回"}


@dataclass(frozen=True)
class OverviewLine:
    """A department's register in numbers; `counted` of the missing numbers count as due."""

    department: Department
    series: int
    to_answer: int = 0
    to_confirm: int = 0
    omitted: int = 0
    settled: int = 0
    counted: int = 0
    unfiled: int = 0  # cases that count as due and are not there


def overview(user: User) -> list[OverviewLine]:
    """The deciding organs whose register the person may see, in the order of the board."""
    departments = register_departments(user)
    ids = [row.pk for row in departments]
    series = dict(
        NumberSeries.objects.filter(department__in=ids)
        .order_by()
        .values_list("department")
        .annotate(Count("pk"))
    )
    missing, unfiled = tally(Scope(ids)), unfiled_counts(ids)
    return [
        overview_line(row, series.get(row.pk, 0), missing.get(row.pk, {}), unfiled.get(row.pk, 0))
        for row in departments
    ]


def overview_line(
    department: Department, series: int, missing: dict[str, int], unfiled: int
) -> OverviewLine:
    due = counted(missing)
    return OverviewLine(
        department,
        series,
        to_answer=missing.get(OPEN, 0) + missing.get(EXPIRED, 0),
        to_confirm=missing.get(ANSWERED, 0),
        omitted=missing.get(NumberAnswer.Reason.OMITTED, 0),
        settled=sum(missing.values()) - due,
        counted=due,
        unfiled=unfiled,
    )


def register_departments(user: User) -> list[Department]:
    rows = policy.departments_for(user, Permission.REGISTER_VIEW).active()
    return list(rows.filter(is_committee_office=False).order_by("level", "uscc"))


def answers_of(department: Department, standing: str) -> NumberAnswerQuerySet:
    """What was said of the department's missing numbers: `waiting`, `confirmed` or `returned`."""
    rows = NumberAnswer.objects.filter(series__department=department).for_table()
    if standing == "waiting":
        return rows.to_confirm()
    if standing == "confirmed":
        return rows.filter(confirmed_at__isnull=False, returned_at=None)
    return rows.filter(returned_at__isnull=False)


def standing_counts(department: Department) -> dict[str, int]:
    return {name: answers_of(department, name).count() for name in STANDINGS}
