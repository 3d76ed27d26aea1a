"""Bringing due messages to the platform: claim and note the attempt, send, settle. Three steps, two commits.

A worker may die between any two of them. Before sending, the attempt is on record; after sending, the
message is either settled or will be sent again under the same key when its lease has run out.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from dataclasses import dataclass, field, fields

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..models import BATCH_SIZE, DeliveryAttempt, OutboxMessage
from ..municipal.client import from_settings
from ..municipal.transport import Item, Transport
from . import circuit
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
        for part in fields(Settled):
            total = getattr(self.settled, part.name) + getattr(settled, part.name)
            setattr(self.settled, part.name, total)


def drain(
    *, limit: int | None = None, seconds: float = BUDGET, transport: Transport | None = None
) -> DrainReport:
    """Send what is due until nothing is, or the limit or the time is reached."""
    report = DrainReport()
    ends = time.monotonic() + seconds
    way = transport or from_settings()
    if way is None:
        return report
    try:
        while time.monotonic() < ends and (limit is None or report.sent < limit):
            claim = claim_batch(BATCH_SIZE if limit is None else limit - report.sent)
            if claim is None:
                break
            report.add(claim, deliver(claim, way))
    finally:
        if way is not transport:
            way.close()
    return report


def sweep() -> int:
    """Close what dead workers left open. Their messages need nothing: the lease runs out by itself."""
    OutboxMessage.objects.replaced().update(state=OutboxMessage.State.SUPERSEDED)
    before = timezone.now() - 2 * lease_time()
    return DeliveryAttempt.objects.abandoned(before).update(
        outcome=DeliveryAttempt.Outcome.UNKNOWN, answer="发送过程中断，结果未知"
    )


def lease_time() -> dt.timedelta:
    return dt.timedelta(seconds=settings.MUNICIPAL["TIMEOUTS"][2])


@transaction.atomic(durable=True)
def claim_batch(at_most: int) -> Claim | None:
    """Hold due heads of streams and put the attempts on record, or nothing when none is free.

    The lock re-reads each row, so that one which another worker has just taken or settled falls out.
    """
    now = timezone.now()
    if circuit.is_open(now):
        return None
    due = OutboxMessage.objects.due(now)
    limit = due.values_list("batch_limit", flat=True).first()
    if limit is None:
        return None
    together = due.filter(batch_limit=limit)[: min(limit, at_most)]
    messages = list(together.select_for_update(skip_locked=True, of=("self",)))
    if not messages:
        return None
    claim = Claim(uuid.uuid4(), now + lease_time(), messages)
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


def deliver(claim: Claim, way: Transport) -> Settled:
    items = [
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
    began = time.monotonic()
    reply = way.send(claim.batch, items)
    return settle(claim, reply, round((time.monotonic() - began) * 1000))
