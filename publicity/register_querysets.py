"""Which rows of the register count, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        NumberAnswer,
        NumberSeries,
        RegisterCase,
    )


class NumberSeriesQuerySet(models.QuerySet["NumberSeries"]):
    """Numbering series of departments."""

    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.REGISTER_VIEW)
        return self.filter(department__in=departments.values("pk"))

    def overlapping(self, from_year: int, until_year: int | None) -> Self:
        """Series that are in use in one of these years; no last year is for ever."""
        rows = self.filter(Q(until_year=None) | Q(until_year__gte=from_year))
        return rows if until_year is None else rows.filter(from_year__lte=until_year)

    def for_table(self) -> Self:
        return self.select_related("department", "created_by").order_by(
            "department", "-kind", "-from_year", "pk"
        )


class NumberAnswerQuerySet(models.QuerySet["NumberAnswer"]):
    """What departments say of their missing numbers."""

    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.REGISTER_VIEW)
        return self.filter(series__department__in=departments.values("pk"))

    def to_confirm(self) -> Self:
        return self.filter(confirmed_at=None, returned_at=None)

    def for_table(self) -> Self:
        people = ("answered_by", "confirmed_by", "returned_by")
        return self.select_related("series", "series__department", *people).order_by("-pk")


class RegisterCaseQuerySet(models.QuerySet["RegisterCase"]):
    """Cases of the law-enforcement system."""

    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.REGISTER_VIEW)
        return self.filter(department__in=departments.values("pk"))

    def decided_in(self, month: dt.date) -> Self:
        """Decided in the calendar month of this day."""
        first = month.replace(day=1)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        return self.filter(decided_on__gte=first, decided_on__lt=following)
