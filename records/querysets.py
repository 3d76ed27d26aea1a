"""Which entities and records count, and how they are found."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Count, Q, When
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.roles import FirmAct, Permission

from .codes import normalise_code
from .names import search_form
from .search import MIN_FRAGMENT, STRINGS, name_matches

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        ActivationLetter,
        CreditRecord,
        MarketEntity,
    )

# The beginning of a code, long enough not to be a name: two characters and at least four digits of the region.
CODE_PREFIX = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}(?:[0-9]{4,5}|[0-9]{6}[0-9A-HJ-NPQRTUWXY]{0,10})")
EXACT_HITS = 20
SAMPLE = 1_000


class MarketEntityQuerySet(models.QuerySet["MarketEntity"]):
    """Entities."""

    def by_code(self, code: str) -> Self:
        return self.filter(code=normalise_code(code))

    def by_codes(self, codes: list[str]) -> Self:
        """Many codes as one array: a list of 50,000 parameters would be slow to parse."""
        # Written as one expression: a lookup would put ANY in brackets, which PostgreSQL refuses.
        # Codes hold no comma; one text is sent four times faster than an array of texts.
        array = models.Func(
            models.Value(",".join(codes)),
            models.Value(","),
            function="string_to_array",
            output_field=STRINGS,
        )
        any_of = models.Func(
            models.F("code"),
            array,
            arg_joiner=" = ANY(",
            template="%(expressions)s)",
            output_field=models.BooleanField(),
        )
        return self.filter(any_of)

    def search(self, text: str) -> Self:
        """By code (from six characters on) or by two or more characters of a present or former name.

        An exact name comes first, then those in business; the order is stable. Two short questions are asked
        at once: which names are exact (an order by "is it exact" would read every row of a common fragment),
        and whether the fragment is common.
        """
        code = normalise_code(text)
        if CODE_PREFIX.fullmatch(code):
            return self.filter(code__startswith=code).order_by("code")
        fragment = search_form(text)
        if len(fragment) < MIN_FRAGMENT:
            return self.none()
        in_name = Q(search_text__contains=fragment)
        found = self.filter(
            in_name if self._is_common(in_name) else name_matches("search_text", fragment)
        )
        exact = self.model._default_manager.filter(search_name=fragment).order_by("search_order")
        hits = list(exact.values_list("pk", flat=True)[:EXACT_HITS])
        if not hits:
            return found.order_by("search_order")
        return found.order_by(Case(When(pk__in=hits, then=0), default=1), "search_order")

    def represented_by_name(self, name: str) -> Self:
        """Firms whose legal representative bears this full name."""
        person = "".join(name.split())
        if len(person) < MIN_FRAGMENT:
            return self.none()
        return self.filter(legal_representative=person).order_by("search_order")

    def _is_common(self, in_name: Q) -> bool:
        """Whether more than about a hundredth of all names match, judged by the first thousand in the order of
        results. Then the page is soon full when that order is walked; the pair index would hand over thousands
        of rows to sort. The planner cannot tell: it takes 电梯, 梯维 and 维保 for three rare accidents."""
        sample = self.model._default_manager.order_by("search_order")[:SAMPLE]
        found = sample.aggregate(matching=Count("pk", filter=in_name))
        return bool(found["matching"] > SAMPLE // 100)

    def represented_by(self, user: User) -> Self:
        """The entities for which the person acts."""
        return self.filter(code__in=policy.represents(user))

    def open_to(self, user: User, act: FirmAct) -> Self:
        """The entities for which the person may do this now."""
        codes = policy.represents(user)
        return self.filter(code__in=[c for c in codes if act in policy.firm_acts(user, c)])

    def active(self) -> Self:
        return self.filter(status=self.model.Status.ACTIVE)

    def for_table(self) -> Self:
        """The columns of a list."""
        return self.only("code", "name", "status", "division_code", "industry", "address")

    def for_choice(self) -> Self:
        """Enough to tell one firm from another."""
        return self.only("code", "name", "status", "legal_representative")


class CreditRecordQuerySet(models.QuerySet["CreditRecord"]):
    """Rows of the ledger."""

    def current(self) -> Self:
        """The last row of each fact: nothing replaces it. It may say that the fact was revoked."""
        return self.filter(replaced_by=None)

    def in_force(self, on: dt.date) -> Self:
        """Facts that hold on this day, first and last day included."""
        return self.current().filter(
            Q(ends_on=None) | Q(ends_on__gte=on), revoked=False, starts_on__lte=on
        )

    def adverse(self) -> Self:
        return self.filter(direction="adverse")

    def for_table(self) -> Self:
        return self.select_related("entity", "department").order_by("-happened_on", "-pk")


class ActivationLetterQuerySet(models.QuerySet["ActivationLetter"]):
    """Letters that bind a firm to an account."""

    def visible_to(self, user: User) -> Self:
        """Letters of the departments for which the person issues them."""
        departments = policy.departments_for(user, Permission.LETTER_ISSUE)
        return self.filter(department__in=departments.values("pk"))

    def open(self) -> Self:
        """Neither used nor revoked; the date is another question."""
        return self.filter(used_at=None, revoked_at=None)

    def live(self, on: dt.date | None = None) -> Self:
        """Letters that still open something, their last day included."""
        return self.open().filter(expires_on__gte=on or timezone.localdate())

    def expired(self, on: dt.date | None = None) -> Self:
        return self.open().filter(expires_on__lt=on or timezone.localdate())

    def in_state(self, state: str) -> Self:
        """`live`, `used`, `revoked` or `expired`."""
        if state == "used":
            return self.exclude(used_at=None)
        if state == "revoked":
            return self.exclude(revoked_at=None)
        return self.live() if state == "live" else self.expired()

    def counts(self) -> dict[str, int]:
        today = timezone.localdate()
        still = Q(used_at=None, revoked_at=None)
        return self.order_by().aggregate(
            live=Count("pk", filter=still & Q(expires_on__gte=today)),
            used=Count("pk", filter=Q(used_at__isnull=False)),
            revoked=Count("pk", filter=Q(revoked_at__isnull=False)),
            expired=Count("pk", filter=still & Q(expires_on__lt=today)),
        )

    def for_table(self) -> Self:
        return self.select_related("entity", "department", "issued_by", "used_by").order_by("-pk")
