"""Scheduled work, done once for each slot of time however many beats ring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from ..models import JobSlot

HEARTBEAT = "heartbeat"


def once(name: str, slot: str, function: Callable[[], object]) -> bool:
    """Call the function unless the slot was taken. A run that never ended may be taken over after a while."""
    now = timezone.now()
    mine = JobSlot.objects.filter(name=name, slot=slot)
    if not taken(name, slot, now):
        return False
    outcome = function()
    words = "" if outcome is None else str(outcome)
    mine.update(finished_at=timezone.now(), outcome=words[:300])
    return True


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


def heartbeat() -> None:
    """A worker took a scheduled task from the broker just now: the sign that the whole chain lives."""
    now = timezone.now()
    JobSlot.objects.update_or_create(
        name=HEARTBEAT, slot="worker", defaults={"started_at": now, "finished_at": now}
    )
