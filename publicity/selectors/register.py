"""The registers of all departments side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission

from ..models import NumberSeries


@dataclass(frozen=True)
class OverviewLine:
    department: Department
    series: int


def overview(user: User) -> list[OverviewLine]:
    """The deciding organs whose register the person may see, in the order of the board."""
    departments = register_departments(user)
    series = dict(
        NumberSeries.objects.filter(department__in=[row.pk for row in departments])
        .order_by()
        .values_list("department")
        .annotate(Count("pk"))
    )
    return [OverviewLine(row, series.get(row.pk, 0)) for row in departments]


def register_departments(user: User) -> list[Department]:
    rows = policy.departments_for(user, Permission.REGISTER_VIEW).active()
    return list(rows.filter(is_committee_office=False).order_by("level", "uscc"))
