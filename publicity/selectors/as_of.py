"""What the public page of a decision said at a time: the versions, each with the moments between which it stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.utils import timezone

from ..models import Publication

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """One version on the public page, from `since` until before `until`; `ended` says what ended it."""

    publication: Publication
    since: dt.datetime
    until: dt.datetime | None
    ended: str  # empty while it stands and nothing will end it

    def stood_on(self, day: dt.date) -> bool:
        """Whether it could be read at some moment of the day."""
        begins = midnight(day)
        return self.since < begins + DAY and (self.until is None or self.until > begins)


def versions_said(reference: str) -> list[Said]:
    """All versions of the decision that were ever public, oldest first."""
    rows = list(Publication.objects.filter(reference=reference).order_by("version"))
    return [said(row, after) for row, after in zip_longest(rows, rows[1:])]


def said(row: Publication, after: Publication | None) -> Said:
    """The first thing that ended it counts: taken down, replaced by the next version, or the end of its period."""
    ends: list[tuple[dt.datetime, str]] = []
    if row.withdrawn_at:
        ends.append((row.withdrawn_at, f"撤下：{row.withdrawn_reason}"))
    if row.ends_on:
        ends.append((midnight(row.ends_on + DAY), "公示期满"))
    if after:
        ends.append((after.published_at, f"由第 {after.version} 版代替"))
    until, ended = min(ends, default=(None, ""))
    return Said(row, row.published_at, until, ended)


def said_on(versions: Sequence[Said], day: dt.date) -> list[Said]:
    """What could be read on the day; several when it changed that day, none when nothing was public."""
    return [version for version in versions if version.stood_on(day)]


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of the day in Huainan."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
