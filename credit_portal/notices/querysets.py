"""Which notices count, and whose they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import (  # noqa: F401 - named in the class bases below
        Contact,
        Dispatch,
        Notice,
    )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_table(self) -> Self:
        return self.order_by("-id")


class ContactQuerySet(models.QuerySet["Contact"]):
    """Who wants to hear of what outside the portal."""

    def wanting(self, *, urgent: bool, daily: bool, among: Iterable[int]) -> Self:
        """Of these people, those who want such a notice by some way; ended accounts want nothing."""
        wants = Q(pk__in=[])
        if urgent:
            wants |= Q(mail_urgent=True) | Q(text_urgent=True)
        if daily:
            wants |= Q(mail_daily=True)
        return self.filter(wants, user__in=list(among), user__is_active=True).select_related("user")


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    """Which messages wait, and for whom."""

    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def due(self, now: dt.datetime) -> Self:
        return self.waiting().filter(due_at__lte=now).order_by("due_at", "pk")

    def settled_before(self, moment: dt.datetime) -> Self:
        return self.filter(settled_at__lt=moment)
