"""Reading notices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q

from credit_portal.accounts.models import User

from .models import Contact, Dispatch, Notice


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


def contact_of(user: User) -> Contact:
    """Where the person wants to hear of news; an empty one who never said so."""
    return Contact.objects.filter(user=user).first() or Contact(user=user)


def last_dispatches(user: User, limit: int = 5) -> list[Dispatch]:
    """What left the portal for this person last."""
    return list(Dispatch.objects.visible_to(user).order_by("-pk")[:limit])
