"""Holding back what the receiver would refuse, and letting it go when the rules no longer forbid it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from ..models import OutboxMessage
from ..municipal.preflight import faults, in_words
from ..municipal.reasons import LONGEST
from ..municipal.receiver_rules import rule_table
from .writing import write_rows

State = OutboxMessage.State
AT_ONCE = 500
FIELDS = ["state", "settled_at", "reason_code", "reason", "rules_version"]


def check(message: OutboxMessage, now: dt.datetime) -> None:
    """Look at a message that is pending or held, and make it the one or the other. Stores nothing."""
    day = timezone.localdate(now)
    found = faults(message.kind, message.body, day)
    message.rules_version = rule_table().version_on(day)
    message.state = State.HELD if found else State.PENDING
    message.settled_at = now if found else None
    message.reason_code = found[0].code if found else ""
    message.reason = in_words(found)[:LONGEST]


def recheck() -> int:
    """Look again at what was looked at by another version of the rules; answers how many came out otherwise."""
    now = timezone.now()
    version = rule_table().version_on(timezone.localdate(now))
    changed = 0
    while found := recheck_some(version, now):
        changed += sum(found)
    return changed


@transaction.atomic
def recheck_some(version: str, now: dt.datetime) -> list[bool]:
    """Up to so many messages, each with whether its state changed. What a worker holds waits for the next time."""
    due = OutboxMessage.objects.to_check(version).free(now).order_by("pk")[:AT_ONCE]
    rows = list(due.select_for_update(skip_locked=True, of=("self",)))
    before = [row.state for row in rows]
    for row in rows:
        check(row, now)
    write_rows(rows, FIELDS)
    return [row.state != state for row, state in zip(rows, before, strict=True)]
