"""Scheduled work, done once for each slot of time however many beats ring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from ..models import JobSlot


@dataclass(frozen=True)
class Done:
    """What scheduled work did: a number where there is one, and the words for it."""

    count: int | None
    words: str


def once(name: str, slot: str, function: Callable[[], object]) -> Done | None:
    """Call the function unless the slot was taken; then there is no answer. A run that never ended may be taken
    over after a while."""
    now = timezone.now()
    mine = JobSlot.objects.filter(name=name, slot=slot)
    if not taken(name, slot, now):
        return None
    done = done_of(function())
    mine.update(finished_at=timezone.now(), outcome=done.words[:300])
    return done


def done_of(result: object) -> Done:
    """What a function answered, as what it did."""
    if isinstance(result, Done):
        return result
    if isinstance(result, int):
        return Done(result, str(result))
    return Done(None, "" if result is None else str(result))


def taken(name: str, slot: str, now: dt.datetime) -> bool:
    """Whether this call got the slot."""
    row, created = JobSlot.objects.get_or_create(name=name, slot=slot)
    if created:
        return True
    return bool(JobSlot.objects.abandoned(now).filter(pk=row.pk).update(started_at=now))


def slot_of(moment: dt.datetime, minutes: int) -> str:
    """The slot of so many minutes in which the moment lies, in Huainan's time: `2026-11-23T09:45`."""
    local = timezone.localtime(moment)
    start = local.replace(minute=local.minute // minutes * minutes)
    return f"{start:%Y-%m-%dT%H:%M}"
