"""Which notices count, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import Notice  # noqa: F401 - named in the class bases below


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_table(self) -> Self:
        return self.order_by("-id")
