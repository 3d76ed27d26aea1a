"""Bringing due messages to the platform: claim and note the attempt, send, settle. Three steps, two commits.

A worker may die between any two of them. Before sending, the attempt is on record; after sending, the
message is either settled or will be sent again under the same key when its lease has run out.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import BATCH_SIZE, DeliveryAttempt, OutboxMessage
from ..municipal import ways
from ..municipal.transport import Item, Outcome, Reply, Transport
from . import circuit
from .checking import recheck
from .circuit import Gate
from .settling import Claim, Settled, settle

BUDGET = 20.0  # seconds that one task goes on; the next wake continues


@dataclass
class DrainReport:
    """What one drain did. `sent` counts messages handed over, again or for the first time."""

    batches: int = 0
    sent: int = 0
    settled: Settled = field(default_factory=Settled)

    def add(self, claim: Claim, settled: Settled) -> None:
        self.batches += 1
        self.sent += len(claim.messages)
        self.settled.add(settled)


def drain(
    *, limit: int | None = None, seconds: float = BUDGET, transport: Transport | None = None
) -> DrainReport:
    """Send what is due until nothing is, or the limit or the time is reached."""
    report = DrainReport()
    ends = time.monotonic() + seconds
    way = transport or ways.from_settings()
    if way is None:
        return report
    try:
        while time.monotonic() < ends and (limit is None or report.sent < limit):
            claim = claim_batch(BATCH_SIZE if limit is None else limit - report.sent)
            if claim is None:
                break
            report.add(claim, deliver(claim, way))
        while time.monotonic() < ends and (claim := claim_handed()):
            report.settled.add(ask_after(claim, way))
    finally:
        if way is not transport:
            way.close()
    return report


def sweep() -> int:
    """Close what dead workers left open, and look again at what was looked at by other rules than today's. The messages
    of dead workers need nothing: the lease runs out by itself."""
    recheck()
    OutboxMessage.objects.replaced().update(state=OutboxMessage.State.SUPERSEDED)
    before = timezone.now() - 2 * lease_time()
    return DeliveryAttempt.objects.abandoned(before).update(
        outcome=DeliveryAttempt.Outcome.UNKNOWN, answer="发送过程中断，结果未知"
    )


def lease_time() -> dt.timedelta:
    """A receiver that does not dedupe must have done with a request before anybody asks what became of it."""
    seconds = settings.MUNICIPAL["TIMEOUTS"][2]
    return dt.timedelta(
        seconds=seconds if ways.dedupes() else seconds + settings.MUNICIPAL["QUIET"]
    )


@transaction.atomic(durable=True)
def claim_batch(at_most: int) -> Claim | None:
    """Hold due heads of streams and put the attempts on record, or nothing when none is free.

    The lock re-reads each row, so that one which another worker has just taken or settled falls out.
    """
    now = timezone.now()
    gate = circuit.gate(now)
    if gate is Gate.OPEN:
        return None
    due = OutboxMessage.objects.due(now)
    limit = due.values_list("batch_limit", flat=True).first()
    if limit is None:
        return None
    together = due.filter(batch_limit=limit)[: 1 if gate is Gate.HALF else min(limit, at_most)]
    messages = list(together.select_for_update(skip_locked=True, of=("self",)))
    claim = Claim(uuid.uuid4(), now + lease_time(), messages)
    if not messages or (gate is Gate.HALF and not circuit.take_probe(claim.lease, now)):
        return None
    claim = replace(claim, doubtful=doubtful(messages))
    hold(claim, now)
    return claim


def hold(claim: Claim, now: dt.datetime) -> None:
    OutboxMessage.objects.filter(pk__in=[message.pk for message in claim.messages]).update(
        lease_until=claim.lease,
        attempts=F("attempts") + 1,
        trying_since=Coalesce(F("trying_since"), now),
    )
    DeliveryAttempt.objects.bulk_create(
        [DeliveryAttempt(message=message, batch=claim.batch) for message in claim.messages]
    )


def doubtful(messages: Sequence[OutboxMessage]) -> frozenset[uuid.UUID]:
    """Keys that the receiver must be asked about before they are sent again; none where it dedupes."""
    if ways.dedupes():
        return frozenset()
    rows = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    return frozenset(rows.doubtful().values_list("key", flat=True))


@transaction.atomic(durable=True)
def claim_handed() -> Claim | None:
    """Hold messages in the receiver's hands after which it is time to ask."""
    now = timezone.now()
    if circuit.gate(now) is not Gate.CLOSED:
        return None
    due = OutboxMessage.objects.to_ask_after(now)[:BATCH_SIZE]
    messages = list(due.select_for_update(skip_locked=True, of=("self",)))
    if not messages:
        return None
    claim = Claim(uuid.uuid4(), now + lease_time(), messages)
    ids = [message.pk for message in messages]
    OutboxMessage.objects.filter(pk__in=ids).update(lease_until=claim.lease)
    return claim


def ask_after(claim: Claim, way: Transport) -> Settled:
    reply, took = timed(lambda: way.ask([message.key for message in claim.messages]))
    return settle(claim, reply, took)


def deliver(claim: Claim, way: Transport) -> Settled:
    """Send; but what may have arrived already is asked about first where the receiver does not dedupe."""
    settled = Settled()
    if claim.doubtful:
        doubted = claim.only(lambda message: message.key in claim.doubtful)
        claim = claim.only(lambda message: message.key not in claim.doubtful)
        reply, took = timed(lambda: way.ask([message.key for message in doubted.messages]))
        absent = never_received(reply)
        told = replace(reply, answers=[a for a in reply.answers if a.key not in absent])
        settled.add(settle(doubted.only(lambda m: str(m.key) not in absent), told, took))
        arrived_not = doubted.only(lambda message: str(message.key) in absent)
        claim = replace(claim, messages=[*claim.messages, *arrived_not.messages])
    if claim.messages:
        reply, took = timed(lambda: way.send(claim.batch, items_of(claim)))
        settled.add(settle(claim, reply, took))
    return settled


def never_received(reply: Reply) -> set[str]:
    """Keys of which the receiver says that it never got them. A question without an answer proves nothing."""
    return {answer.key for answer in reply.answers if answer.outcome is Outcome.ABSENT}


def timed(call: Callable[[], Reply]) -> tuple[Reply, int]:
    began = time.monotonic()
    reply = call()
    return reply, round((time.monotonic() - began) * 1000)


def items_of(claim: Claim) -> list[Item]:
    return [
        Item(
            key=message.key,
            kind=message.kind,
            stream=message.stream,
            sequence=message.sequence,
            department_code=message.department_code,
            schema_version=message.schema_version,
            digest=message.digest,
            body=message.body,
        )
        for message in claim.messages
    ]
