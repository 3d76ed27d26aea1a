"""Which messages are due, which wait behind another, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import DeliveryAttempt, OutboxMessage  # noqa: F401 - named in the class bases below

UNSETTLED = ("pending", "dead")  # what a later version of the same record waits for


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def pending(self) -> Self:
        return self.filter(state="pending")

    def due(self, now: dt.datetime) -> Self:
        """Heads of their streams whose time has come and that no worker holds, the oldest first."""
        return (
            self.pending()
            .filter(Q(lease_until=None) | Q(lease_until__lte=now), next_at__lte=now)
            .exclude(self.waits_behind(UNSETTLED))
            .order_by("next_at", "id")
        )

    def blocked(self) -> Self:
        """Versions that wait for an earlier one of the same record."""
        return self.pending().filter(self.waits_behind(UNSETTLED))

    def replaced(self) -> Self:
        """Refused versions that a later version has made obsolete."""
        later = self.model._default_manager.filter(
            stream=OuterRef("stream"), sequence__gt=OuterRef("sequence")
        )
        return self.filter(Exists(later), state="rejected")

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
