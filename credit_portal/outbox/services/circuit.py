"""The pause after failures in a row, shared by all workers, so that an outage brings no storm of retries."""

from __future__ import annotations

import datetime as dt

from ..models import Circuit

NAME = "municipal"
THRESHOLD = 5  # failures in a row
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds


def is_open(now: dt.datetime) -> bool:
    return Circuit.objects.filter(name=NAME, open_until__gt=now).exists()


def note_success() -> None:
    Circuit.objects.filter(name=NAME, failures__gt=0).update(failures=0, open_until=None)


def note_failure(now: dt.datetime, wait: float | None) -> int:
    """Count one more failure and answer how many there were before it."""
    Circuit.objects.get_or_create(name=NAME)
    row = Circuit.objects.select_for_update().get(name=NAME)
    before = row.failures
    row.failures += 1
    pause = wait if wait is not None else pause_after(row.failures)
    if pause:
        row.open_until = max(row.open_until or now, now + dt.timedelta(seconds=pause))
    row.save()
    return before


def pause_after(failures: int) -> float:
    if failures < THRESHOLD:
        return 0.0
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - THRESHOLD, 10)))
