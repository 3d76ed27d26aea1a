"""Which messages are due, which wait behind another, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        DeliveryAttempt,
        Difference,
        OutboxMessage,
        Package,
    )

# Where a record stands in the receiver's list: by the hash of its name. A cast, since `convert_to` may not be indexed.
PLACE = Func(
    F("stream"),
    template="encode(sha256((%(expressions)s)::bytea), 'hex')",
    output_field=models.CharField(),
)
UNSETTLED = ("pending", "handed", "dead")  # what a later version of the same record waits for


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def pending(self) -> Self:
        return self.filter(state="pending")

    def open(self) -> Self:
        """Without a final answer: not sent yet, or in the receiver's hands."""
        return self.filter(state__in=("pending", "handed"))

    def to_ask_after(self, now: dt.datetime) -> Self:
        """In the receiver's hands, and it is time to ask. People bring the answers to what people carried."""
        handed = self.filter(state="handed", package=None, next_at__lte=now)
        return handed.free(now).order_by("next_at", "id")

    def last_accepted(self) -> Self:
        """Of each record the newest version that the receiver has accepted."""
        later = self.model._default_manager.filter(
            stream=OuterRef("stream"), sequence__gt=OuterRef("sequence"), state="accepted"
        )
        return self.filter(~Exists(later), state="accepted")

    def between(self, after: str, until: str) -> Self:
        """Records whose hash lies behind the one and not behind the other; without an end, to the last."""
        rows = self.annotate(place=PLACE).filter(place__gt=after)
        return rows.filter(place__lte=until) if until else rows

    def heads(self) -> Self:
        """Pending versions that wait for no earlier one of their record."""
        return self.pending().exclude(self.waits_behind(UNSETTLED))

    def doubtful(self) -> Self:
        """Sent before, and nobody knows with what success."""
        return self.filter(tries__outcome__in=("sending", "unknown")).distinct()

    def due(self, now: dt.datetime) -> Self:
        """Heads of their streams whose time has come and that no worker holds, the oldest first."""
        return self.heads().free(now).filter(next_at__lte=now).order_by("next_at", "id")

    def free(self, now: dt.datetime) -> Self:
        """What no worker holds."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def blocked(self) -> Self:
        """Versions that wait for an earlier one of the same record."""
        return self.pending().filter(self.waits_behind(UNSETTLED))

    def replaced(self) -> Self:
        """Refused or held versions that a later version has made obsolete."""
        later = self.model._default_manager.filter(
            stream=OuterRef("stream"), sequence__gt=OuterRef("sequence")
        )
        return self.filter(Exists(later), state__in=("held", "rejected"))

    def to_check(self, version: str) -> Self:
        """What was looked at by other rules than these, and is still to be sent or held back."""
        return self.filter(state__in=("pending", "held"), unchecked=False).exclude(
            rules_version=version
        )

    def for_table(self) -> Self:
        return self.defer("body").order_by("-id")

    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.DELIVERY_VIEW)
        return self.filter(department_code__in=departments.values("uscc"))

    def waits_behind(self, states: tuple[str, ...]) -> Exists:
        earlier = self.model._default_manager.filter(
            stream=OuterRef("stream"), sequence__lt=OuterRef("sequence"), state__in=states
        )
        return Exists(earlier)


class AttemptQuerySet(models.QuerySet["DeliveryAttempt"]):
    def abandoned(self, before: dt.datetime) -> Self:
        """Begun and never completed: their worker died while sending."""
        return self.filter(outcome="sending", started_at__lt=before)


class PackageQuerySet(models.QuerySet["Package"]):
    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.DELIVERY_VIEW)
        return self.filter(department_code__in=departments.values("uscc"))

    def for_table(self) -> Self:
        """With what is still unanswered, and without the bytes."""
        waiting = Count("messages", filter=Q(messages__state="handed"))
        rows = self.defer("file").select_related("made_by").annotate(waiting=waiting)
        return rows.order_by("-id")


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def visible_to(self, user: User) -> Self:
        departments = policy.departments_for(user, Permission.DELIVERY_VIEW)
        return self.filter(department_code__in=departments.values("uscc"))

    def open(self) -> Self:
        return self.filter(state="open")

    def noted(self) -> Self:
        return self.filter(state="noted")

    def for_table(self) -> Self:
        return self.select_related("message", "settled_by").defer("message__body")
