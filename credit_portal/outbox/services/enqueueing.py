"""Writing messages, together with the change that they tell of."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone

from credit_portal.audit.services import require_transaction
from credit_portal.waking import wake_on_commit

from ..exceptions import ConflictingVersion, OutOfOrder
from ..models import OutboxMessage
from .checking import check

DRAIN = "outbox.drain"
NAMESPACE = uuid.UUID("6f3c0d52-2f0e-5a55-9d0c-3f4b6e0a7c11")
INSERT_SIZE = 1000


@dataclass(frozen=True)
class NewMessage:
    """One version to tell the platform of. `sequence` is the version within `stream`, from 1."""

    kind: str
    stream: str
    sequence: int
    payload: dict[str, Any]
    department_code: str
    schema_version: str


def enqueue(
    kind: str,
    *,
    stream: str,
    sequence: int,
    payload: dict[str, Any],
    department_code: str,
    schema_version: str,
) -> OutboxMessage:
    item = NewMessage(kind, stream, sequence, payload, department_code, schema_version)
    return enqueue_many([item])[0]


def enqueue_many(items: Sequence[NewMessage]) -> list[OutboxMessage]:
    """Rows for the items, in their order. The same version with the same content again is the same row."""
    require_transaction()
    if not items:
        return []
    wanted = [build(item) for item in items]
    by_key = unequivocal(wanted)
    require_order(by_key.values())
    OutboxMessage.objects.bulk_create(
        by_key.values(), batch_size=INSERT_SIZE, ignore_conflicts=True
    )
    # By version and not by key: what was sent anew after a comparison has another one.
    rows = OutboxMessage.objects.filter(stream__in={row.stream for row in wanted})
    stored = {(row.stream, row.sequence): row for row in rows}
    for row in wanted:
        require_same_content(row, stored[row.stream, row.sequence])
    supersede({row.stream for row in wanted})
    wake_on_commit(DRAIN)
    return [stored[row.stream, row.sequence] for row in wanted]


def key_for(stream: str, sequence: int, repairs: int = 0) -> uuid.UUID:
    again = f"#{repairs}" if repairs else ""
    return uuid.uuid5(NAMESPACE, f"{stream}#{sequence}{again}")


def canonical(payload: dict[str, Any]) -> str:
    """One text for one content, whatever the order in which it was put together."""
    return json.dumps(
        payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def build(item: NewMessage) -> OutboxMessage:
    body = canonical(item.payload)
    row = OutboxMessage(
        key=key_for(item.stream, item.sequence),
        kind=item.kind,
        stream=item.stream,
        sequence=item.sequence,
        department_code=item.department_code,
        schema_version=item.schema_version,
        body=body,
        digest=digest_of(body),
        next_at=timezone.now(),
    )
    check(row, timezone.now())
    return row


def unequivocal(rows: Iterable[OutboxMessage]) -> dict[uuid.UUID, OutboxMessage]:
    by_key: dict[uuid.UUID, OutboxMessage] = {}
    for row in rows:
        require_same_content(row, by_key.setdefault(row.key, row))
    return by_key


def require_same_content(row: OutboxMessage, other: OutboxMessage) -> None:
    if row.digest != other.digest:
        raise ConflictingVersion(f"{row} was enqueued before with another content")


def require_order(rows: Iterable[OutboxMessage]) -> None:
    """A new version never goes behind one that may have been sent already."""
    rows = list(rows)
    newest = dict(
        OutboxMessage.objects.filter(stream__in={row.stream for row in rows})
        .order_by()
        .values_list("stream")
        .annotate(newest=Max("sequence"))
    )
    late = [row for row in rows if row.sequence < newest.get(row.stream, 0)]
    rows_of_late = OutboxMessage.objects.filter(stream__in=[row.stream for row in late])
    known = set(rows_of_late.values_list("stream", "sequence"))
    for row in late:
        if (row.stream, row.sequence) not in known:
            raise OutOfOrder(f"{row} comes after version {newest[row.stream]}")


def supersede(streams: set[str]) -> None:
    """A correction takes the place of the refused version before it."""
    OutboxMessage.objects.replaced().filter(stream__in=streams).update(
        state=OutboxMessage.State.SUPERSEDED
    )
