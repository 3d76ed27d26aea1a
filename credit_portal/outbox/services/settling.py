"""What an answer makes of the messages it was given for. Guarded: only a pending message changes."""

from __future__ import annotations

import datetime as dt
import logging
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..models import DeliveryAttempt, Incident, OutboxMessage
from ..municipal.reasons import LONGEST, reason_in_words
from ..municipal.transport import Failure, ItemAnswer, Outcome, Reply
from ..municipal.ways import dedupes
from . import circuit
from .writing import write_rows

logger = logging.getLogger(__name__)
chance = random.Random()  # noqa: S311 - spreads retries, guards nothing

State = OutboxMessage.State
BASE, CAP = 2.0, 600.0  # seconds of the first and of the longest delay
SPLIT_DELAY = 1.0
MOST_STRIKES = 12
LONGEST_TRYING = dt.timedelta(hours=72)
TRIED = {Outcome.ABSENT: Outcome.TRANSIENT}
MISSING = "答复中没有这一条"
CONTRADICTION = "答复中同一条有不同结果"
FIELDS = [
    *("state", "strikes", "batch_limit", "next_at", "lease_until", "settled_at"),
    *("received_on", "receipt", "reason_code", "reason"),
]


@dataclass(frozen=True)
class Claim:
    """Messages held by this worker until `lease`."""

    batch: uuid.UUID
    lease: dt.datetime
    messages: Sequence[OutboxMessage]
    doubtful: frozenset[uuid.UUID] = frozenset()  # to be asked about before they are sent again

    def only(self, wanted: Callable[[OutboxMessage], bool]) -> Claim:
        return replace(self, messages=[message for message in self.messages if wanted(message)])


@dataclass
class Settled:
    """How the messages of a claim came out. Late answers to settled messages count nowhere."""

    accepted: int = 0
    rejected: int = 0
    retried: int = 0
    dead: int = 0
    handed: int = 0

    def add(self, other: Settled) -> None:
        for part in fields(Settled):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass(frozen=True)
class Retry:
    """How to try again. A strike speaks against the message, not against the platform."""

    delay: float | None = None  # otherwise by the number of attempts
    limit: int | None = None
    strike: bool = True


@transaction.atomic(durable=True)
def settle(claim: Claim, reply: Reply, duration_ms: int) -> Settled:
    now = timezone.now()
    if not claim.messages:
        return Settled()
    if reply.failure:
        answers = {m.key: failed(reply.failure) for m in claim.messages}
        retry = retry_of_batch(reply.failure, len(claim.messages), now)
    else:
        circuit.note_success()
        answers = match(claim, reply.answers)
        retry = Retry()
    complete_attempts(claim, answers, reply, duration_ms)
    return settle_messages(claim, answers, retry, now)


def failed(failure: Failure) -> ItemAnswer:
    return ItemAnswer("", failure.outcome, text=failure.text, reason=failure.text)


def retry_of_batch(failure: Failure, size: int, now: dt.datetime) -> Retry:
    """The whole batch failed: halve it if one message may be the cause, otherwise come back later.

    In the midst of an outage nothing is held against the messages, and they are not torn apart for long.
    """
    before = circuit.note_failure(now, failure.wait)
    if failure.wait is not None:
        return Retry(delay=failure.wait, strike=False)
    if failure.splits and size > 1:
        return Retry(delay=chance.uniform(0, SPLIT_DELAY), limit=(size + 1) // 2, strike=False)
    return Retry(limit=1 if failure.splits else None, strike=before == 0)


def match(claim: Claim, lines: Sequence[ItemAnswer]) -> dict[uuid.UUID, ItemAnswer]:
    """One answer for each message. Lines for nobody are put on record, missing ones are unknown."""
    found: dict[str, ItemAnswer] = {}
    ours = {str(message.key) for message in claim.messages}
    for line in lines:
        earlier = found.setdefault(line.key, line)
        if line.key not in ours:
            note_incident(claim, f"答复中有未报送的幂等键：{line.text}")
        elif earlier.outcome != line.outcome:
            note_incident(claim, f"{CONTRADICTION}：{line.text}")
            found[line.key] = replace(earlier, outcome=Outcome.UNKNOWN, reason=CONTRADICTION)
    missing = ItemAnswer("", Outcome.UNKNOWN, reason=MISSING, text=MISSING)
    return {m.key: found.get(str(m.key), missing) for m in claim.messages}


def note_incident(claim: Claim, text: str) -> None:
    logger.error("batch %s: %s", claim.batch, text)
    Incident.objects.create(batch=claim.batch, text=text[:500])


def complete_attempts(
    claim: Claim, answers: dict[uuid.UUID, ItemAnswer], reply: Reply, duration_ms: int
) -> None:
    """The tries of this batch; for what was handed over before, the try that handed it over, once it is decided."""
    keys = {message.pk: message.key for message in claim.messages}
    told = [m.pk for m in claim.messages if is_told(answers[m.key])]
    attempts = list(
        DeliveryAttempt.objects.filter(
            Q(batch=claim.batch, message__in=keys)
            | Q(outcome=DeliveryAttempt.Outcome.HANDED, message__in=told)
        )
    )
    for attempt in attempts:
        answer = answers[keys[attempt.message_id]]
        # Of what the receiver never got, the try before stays unknown; this one sent nothing.
        attempt.outcome = DeliveryAttempt.Outcome(TRIED.get(answer.outcome, answer.outcome))
        attempt.answer = answer.text
        attempt.status = reply.status
        attempt.duration_ms = duration_ms
    write_rows(attempts, ["outcome", "answer", "status", "duration_ms"])


def is_told(answer: ItemAnswer) -> bool:
    return bool(answer.key) and answer.outcome != Outcome.HANDED


def settle_messages(
    claim: Claim, answers: dict[uuid.UUID, ItemAnswer], retry: Retry, now: dt.datetime
) -> Settled:
    """Change the messages that are still open; in the order of ids, so that workers never deadlock."""
    ids = [message.pk for message in claim.messages]
    rows = OutboxMessage.objects.open().filter(pk__in=ids).order_by("pk").defer("body")
    held = list(rows.select_for_update())
    settled = Settled()
    for message in held:
        answer = answers[message.key]
        mine = message.lease_until == claim.lease
        if answer.outcome == Outcome.ACCEPTED:
            accept(message, answer, now)
            settled.accepted += 1
        elif answer.outcome == Outcome.REJECTED:
            reject(message, answer, now)
            settled.rejected += 1
        elif mine and in_their_hands(message, answer):
            wait(message, now)
            settled.handed += 1
        elif mine:  # otherwise another worker is sending it now and will say how it went
            try_again(message, answer, alone(retry, answer), now)
            settled.dead += message.state == State.DEAD
            settled.retried += message.state == State.PENDING
        if mine:
            message.lease_until = None
    write_rows(held, FIELDS)
    OutboxMessage.objects.replaced().filter(pk__in=ids).update(state=State.SUPERSEDED)
    return settled


def in_their_hands(message: OutboxMessage, answer: ItemAnswer) -> bool:
    """Handed over now, or before and no answer could be had. What they never got goes to the queue again."""
    unanswered = message.state == State.HANDED and not answer.key
    return unanswered or answer.outcome == Outcome.HANDED


def wait(message: OutboxMessage, now: dt.datetime) -> None:
    message.state = State.HANDED
    message.next_at = now + dt.timedelta(seconds=circuit.rules(now).ask_again)


def alone(retry: Retry, answer: ItemAnswer) -> Retry:
    """A message that the answer forgot or muddled goes by itself the next time."""
    return replace(retry, limit=1) if answer.reason in (MISSING, CONTRADICTION) else retry


def accept(message: OutboxMessage, answer: ItemAnswer, now: dt.datetime) -> None:
    message.state = State.ACCEPTED
    message.settled_at = now
    # Sent anew after the platform had lost it: it was taken in time all the same.
    message.received_on = message.received_on or answer.received_on
    message.receipt = answer.receipt
    message.reason_code = message.reason = ""


def reject(message: OutboxMessage, answer: ItemAnswer, now: dt.datetime) -> None:
    message.state = State.REJECTED
    message.settled_at = now
    message.reason_code = answer.code
    message.reason = reason_in_words(answer.code, answer.reason)


def try_again(message: OutboxMessage, answer: ItemAnswer, retry: Retry, now: dt.datetime) -> None:
    message.state = State.PENDING
    message.strikes += retry.strike
    message.batch_limit = min(message.batch_limit, retry.limit or message.batch_limit)
    delay = backoff(message.attempts) if retry.delay is None else retry.delay
    if answer.outcome == Outcome.UNKNOWN and not dedupes():
        delay = max(delay, settings.MUNICIPAL["QUIET"])  # it may still be at it
    message.next_at = now + dt.timedelta(seconds=delay)
    since = message.trying_since or now
    if message.strikes >= MOST_STRIKES or now - since >= LONGEST_TRYING:
        message.state = State.DEAD
        message.settled_at = now
        message.reason = f"已尝试 {message.attempts} 次仍未成功。最近一次：{answer.reason}"[
            :LONGEST
        ]


def backoff(attempts: int) -> float:
    """Full jitter under a doubling, capped ceiling."""
    return chance.uniform(0, min(CAP, BASE * 2 ** min(attempts, 20)))
