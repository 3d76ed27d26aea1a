"""Writing the ledger. Lines are added and never changed; the rows themselves say who entered what and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from credit_portal.audit.services import record

from ..exceptions import LedgerRefused
from ..models import CreditRecord, MarketEntity

if TYPE_CHECKING:
    from credit_portal.accounts.models import Department, User


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A line to enter. `reference` names the fact, `version` its state; a higher version replaces a lower one."""

    entity_id: int
    kind: str
    direction: str
    reference: str
    version: int
    title: str
    department_id: int
    happened_on: dt.date
    starts_on: dt.date
    ends_on: dt.date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def enter(
    *,
    entity: MarketEntity,
    kind: str,
    direction: str,
    reference: str,
    version: int,
    title: str,
    facts: Mapping[str, Any],
    department: Department,
    happened_on: dt.date,
    starts_on: dt.date,
    ends_on: dt.date | None,
    by: User | None,
) -> CreditRecord:
    line = LedgerLine(
        entity_id=entity.pk,
        kind=kind,
        direction=direction,
        reference=reference,
        version=version,
        title=title,
        facts=facts,
        department_id=department.pk,
        happened_on=happened_on,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return enter_many([line], by=by)[0]


@transaction.atomic
def enter_many(rows: Sequence[LedgerLine], by: User | None) -> list[CreditRecord]:
    """All lines or none. One query for what they replace, one insert for each thousand."""
    references = [row.reference for row in rows]
    if len(set(references)) != len(references):
        raise LedgerRefused("同一事项在一批信用记录中出现两次。")
    standing = {
        entry.reference: entry
        for entry in CreditRecord.objects.current()
        .filter(reference__in=references)
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    entries = [_entry(row, standing.get(row.reference), by) for row in rows]
    return CreditRecord.objects.bulk_create(entries, batch_size=1000)


@transaction.atomic
def revoke(*, reference: str, by: User | None, reason: str) -> CreditRecord:
    """Say that the fact no longer holds. Its lines stay; a new last line says since when and why."""
    if not reason.strip():
        raise LedgerRefused("撤销信用记录须写明理由。")
    last = (
        CreditRecord.objects.current()
        .filter(reference=reference)
        .select_for_update(of=("self",))
        .first()
    )
    if last is None or last.revoked:
        raise LedgerRefused("没有可以撤销的信用记录。")
    revocation = CreditRecord.objects.get(pk=last.pk)
    revocation.pk = None
    revocation._state.adding = True
    revocation.replaces = last
    revocation.revoked = True
    revocation.reason = reason.strip()[:500]
    revocation.entered_by = by.pk if by else None
    revocation.save(force_insert=True)
    record(
        "ledger.revoked",
        by=by,
        subject=revocation,
        department_code=revocation.department.uscc,
        reason=reason,
        changes={"reference": reference, "version": revocation.version},
    )
    return revocation


def _entry(row: LedgerLine, last: CreditRecord | None, by: User | None) -> CreditRecord:
    if last is not None and row.version <= last.version:
        raise LedgerRefused(f"“{row.title}”的第 {row.version} 版已经记录或已被更新的版本代替。")
    if last is not None and row.entity_id != last.entity_id:
        raise LedgerRefused(f"“{row.title}”已记在另一市场主体名下，请先撤销原记录。")
    return CreditRecord(
        entity_id=row.entity_id,
        kind=row.kind,
        direction=row.direction,
        reference=row.reference,
        version=row.version,
        title=row.title[:300],
        facts=dict(row.facts),
        department_id=row.department_id,
        happened_on=row.happened_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        replaces=last,
        entered_by=by.pk if by else None,
    )
