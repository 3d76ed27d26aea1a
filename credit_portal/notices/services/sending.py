"""Sending what waits: claim a few, send outside the transaction, write down what came of it.

At least once: a worker that dies between the sending and the note sends again when its lease is over. The key goes
along (as Message-ID or reference), so that a receiver knows the second copy.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from ..channels import Refused, deliver
from ..models import Dispatch

logger = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = dt.timedelta(minutes=5)  # longer than a task may run
PAUSES = (1, 5, 15, 60, 240)  # minutes after each failure; after the last the message is given up
KEPT = dt.timedelta(days=180)
GIVEN_UP = "多次发送未成功"


def send_due(now: dt.datetime | None = None) -> tuple[int, int]:
    """Send what is due; answers how many were sent and how many were not."""
    sent = missed = 0
    for message in claim(now or timezone.now()):
        if send(message):
            sent += 1
        else:
            missed += 1
    return sent, missed


@transaction.atomic
def claim(now: dt.datetime) -> list[Dispatch]:
    """Take messages that nobody else has, for as long as the lease."""
    rows = Dispatch.objects.due(now).select_for_update(skip_locked=True)
    mine = list(rows[:AT_ONCE])
    for message in mine:
        message.attempts += 1
        message.due_at = now + LEASE
    Dispatch.objects.bulk_update(mine, ["attempts", "due_at"])
    return mine


def send(message: Dispatch) -> bool:
    """One message; a failure is noted and tried again, a refusal is final."""
    try:
        deliver(message)
    except Refused as refusal:
        settle(message, Dispatch.State.FAILED, str(refusal))
        return False
    except Exception:
        logger.warning("message %s (%s) not sent", message.pk, message.channel, exc_info=True)
        try_later(message)
        return False
    settle(message, Dispatch.State.SENT)
    return True


def try_later(message: Dispatch) -> None:
    if message.attempts > len(PAUSES):
        settle(message, Dispatch.State.FAILED, GIVEN_UP)
        return
    due_at = timezone.now() + dt.timedelta(minutes=PAUSES[message.attempts - 1])
    Dispatch.objects.waiting().filter(pk=message.pk).update(due_at=due_at)


def settle(message: Dispatch, state: str, problem: str = "") -> None:
    """Only a waiting one: what was cancelled meanwhile stays cancelled."""
    Dispatch.objects.waiting().filter(pk=message.pk).update(
        state=state, settled_at=timezone.now(), problem=problem[:300]
    )


def sweep_dispatches() -> int:
    """Forget messages that ended long ago; the notices stay."""
    old = Dispatch.objects.settled_before(timezone.now() - KEPT)
    return old.delete()[0]
