"""Reading notices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q

from credit_portal.accounts.models import User

from .models import Notice


@dataclass(frozen=True)
class LevelCounts:
    """How many notices of each level, and how many of them are unread."""

    total_of: Counter[str] = field(default_factory=Counter)
    unread_of: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.total_of.total()

    @property
    def unread(self) -> int:
        return self.unread_of.total()


def unread_count(user: User) -> int:
    return Notice.objects.visible_to(user).unread().count()


def level_counts(user: User) -> LevelCounts:
    rows = Notice.objects.visible_to(user).order_by().values_list("level")
    found = LevelCounts()
    for level, total, unread in rows.annotate(
        total=Count("pk"), unread=Count("pk", filter=Q(read_at=None))
    ):
        found.total_of[level], found.unread_of[level] = total, unread
    return found
