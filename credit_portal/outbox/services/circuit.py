"""The pause after failures in a row, shared by all workers, so that an outage brings no storm of retries.

Closed, everything goes. After so many failures in a row it is open: nothing goes until the pause is over. Then it is
half open: one worker tries one message; a success closes it, a failure opens it for longer. The numbers are dated.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.utils import timezone

from credit_portal.regulations.rules import DeliveryRules, delivery_rules

from ..models import Circuit

NAME = "municipal"


class Gate(StrEnum):
    CLOSED = "closed"  # everything goes
    HALF = "half"  # one message may try
    OPEN = "open"  # nothing goes


def rules(now: dt.datetime) -> DeliveryRules:
    return delivery_rules(timezone.localdate(now))


def gate(now: dt.datetime) -> Gate:
    row = Circuit.objects.filter(name=NAME).first()
    if row is None:
        return Gate.CLOSED
    if any(moment and moment > now for moment in (row.open_until, row.probe_until)):
        return Gate.OPEN
    return Gate.CLOSED if row.failures < rules(now).circuit_failures else Gate.HALF


def take_probe(until: dt.datetime, now: dt.datetime) -> bool:
    """Whether this worker is the one that may try; when it dies, the next may after its lease."""
    rows = Circuit.objects.filter(name=NAME).exclude(probe_until__gt=now)
    return bool(rows.exclude(open_until__gt=now).update(probe_until=until))


def note_success() -> None:
    Circuit.objects.filter(name=NAME, failures__gt=0).update(
        failures=0, opened_at=None, open_until=None, probe_until=None
    )


def note_failure(now: dt.datetime, wait: float | None) -> int:
    """Count one more failure and answer how many there were before it."""
    Circuit.objects.get_or_create(name=NAME)
    row = Circuit.objects.select_for_update().get(name=NAME)
    before = row.failures
    row.failures += 1
    row.probe_until = None
    pause = wait if wait is not None else pause_after(row.failures, rules(now))
    if pause:
        row.opened_at = row.opened_at or now
        row.open_until = max(row.open_until or now, now + dt.timedelta(seconds=pause))
    row.save()
    return before


def pause_after(failures: int, numbers: DeliveryRules) -> float:
    over = failures - numbers.circuit_failures
    if over < 0:
        return 0.0
    first, longest = numbers.circuit_first_pause, numbers.circuit_longest_pause
    return float(min(longest, first * 2 ** min(over, 10)))
