"""Which rows of the register count, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.rules import dictionary

from .number_columns import NumberKey
from .querysets import month_after

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        NumberAnswer,
        NumberSeries,
        RegisterCase,
        RegisterUpload,
        SpotCheck,
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
        return self.filter(decided_on__gte=first, decided_on__lt=month_after(first))

    def containing(self, text: str) -> Self:
        """With this text in the number of the case, the party or the document number."""
        found = Q(case_number__icontains=text) | Q(party_name__icontains=text)
        return self.filter(found | Q(document_number__icontains=text))

    def with_filing(self) -> Self:
        """Say of each case: `filed` as a decision of this number and party, `number_taken` by a decision of whichever
        party, `excused` by an answer that two people gave and that does not count."""
        return self.annotate(party_key=NumberKey("party_name")).annotate(
            filed=~Q(number_stem="") & held(party_key=OuterRef("party_key")),
            number_taken=~Q(number_stem="") & held(),
            excused=Exists(excuses()),
        )

    def due_unfiled(self) -> Self:
        """After `with_filing`: decided, not dropped, and neither filed nor excused."""
        return self.filter(decided_on__isnull=False, filed=False, excused=False).exclude(
            state="dropped"
        )

    def beside_gaps(self) -> Self:
        """After `with_filing`: those that no missing number of a series stands for."""
        return self.filter(Q(number_taken=True) | ~Exists(series_of_case()))


class RegisterUploadQuerySet(models.QuerySet["RegisterUpload"]):
    """Tables of cases as they came in."""

    def for_table(self) -> Self:
        return self.select_related("department", "uploaded_by").order_by("-pk")


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    """Draws of the committee office."""

    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.REGISTER_VIEW)
        return self.filter(department__in=departments.values("pk"))

    def for_table(self) -> Self:
        """With how many of the drawn cases were not reported; the names of the population are left out."""
        found = models.Count("rows", filter=Q(rows__finding="unreported"))
        rows = self.select_related("department", "drawn_by").annotate(unreported=found)
        return rows.defer("names").order_by("-pk")


SAME_NUMBER = {name: OuterRef(name) for name in ("number_stem", "number_year", "number_value")}


def held(**more: OuterRef) -> Q:
    """Whether the portal holds a decision of the case's organ, kind and number."""
    condition = Q(pk__in=[])
    for kind in ("penalty", "permit"):
        model = apps.get_model("publicity", f"{kind}decision")
        rows = model.objects.alias(party_key=NumberKey("party_name"))
        found = rows.filter(authority=OuterRef("department"), **SAME_NUMBER, **more)
        condition |= Q(Exists(found), kind=kind)
    return condition


def series_of_case() -> models.QuerySet[NumberSeries]:
    """The series to which the case's number belongs."""
    series = apps.get_model("publicity", "NumberSeries").objects.filter(
        department=OuterRef("department"),
        kind=OuterRef("kind"),
        stem=OuterRef("number_stem"),
        from_year__lte=OuterRef("number_year"),
        first_number__lte=OuterRef("number_value"),
    )
    found: models.QuerySet[NumberSeries] = series.filter(
        Q(until_year=None) | Q(until_year__gte=OuterRef("number_year"))
    )
    return found


def excuses() -> models.QuerySet[models.Model]:
    """Current, confirmed answers about the case's number that take it off what is due."""
    today = timezone.localdate()
    excusing = [entry.code for entry in dictionary("number_gap", today).entries if not entry.counts]
    answered = apps.get_model("publicity", "AnsweredNumber").objects.filter(
        Q(answer__holds_until=None) | Q(answer__holds_until__gte=today),
        current=True,
        answer__confirmed_at__isnull=False,
        answer__reason__in=excusing,
        series__department=OuterRef("department"),
        series__kind=OuterRef("kind"),
        series__stem=OuterRef("number_stem"),
        year=OuterRef("number_year"),
        number=OuterRef("number_value"),
    )
    found: models.QuerySet[models.Model] = answered
    return found
