"""Making a version public: the frozen snapshot, its period, the ledger line, the message to the city."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from credit_portal import freshness
from credit_portal.accounts.models import User
from credit_portal.outbox import services as outbox
from credit_portal.regulations.dates import NO_END
from credit_portal.regulations.deadlines import ExplainedPeriod, publicity_period
from credit_portal.waking import wake_on_commit
from records import services as ledger
from records.models import CreditRecord
from records.names import mask_person_name, search_form

from .. import exchange
from ..fields import fields_for
from ..models import Decision, Publication

OPEN_DATA = "publicity.write_open_data"
TITLES = {"permit": "行政许可决定", "penalty": "行政处罚决定"}


class Periods:
    """Periods of publicity of a set of decisions, each worked out once."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self._known: dict[tuple[Any, ...], ExplainedPeriod] = {}

    def of(self, decision: Decision) -> ExplainedPeriod:
        valid_to = getattr(decision, "valid_to", None)
        key = (decision.KIND, decision.decided_on, valid_to)
        if key not in self._known:
            self._known[key] = publicity_period(
                decision.KIND, decision.decided_on, valid_to=valid_to
            )
        return self._known[key]

    def why_over(self, decision: Decision) -> str:
        """The sentence when the period has already run out, or nothing."""
        end = self.of(decision).ends_on
        return f"公示期已于 {end} 届满，不再公示。" if end and end < self.today else ""


def publish_versions(decisions: Sequence[Decision], periods: Periods, *, by: User | None) -> None:
    """Snapshots, ledger lines and outbox messages of decisions just moved to 公示中."""
    if not decisions:
        return
    freshness.public_pages_changed()
    references = [decision.reference for decision in decisions]
    earlier = {
        row.reference: row for row in Publication.objects.current().filter(reference__in=references)
    }
    if earlier:
        wake_on_commit(OPEN_DATA)
    messages = outbox.enqueue_many([message(decision) for decision in decisions])
    Publication.objects.filter(pk__in=[row.pk for row in earlier.values()]).update(superseded=True)
    rows = []
    for decision, sent in zip(decisions, messages, strict=True):
        row = build(decision, periods.of(decision))
        row.message = sent
        if decision.reference in earlier:
            row.public_id = earlier[decision.reference].public_id
        rows.append(row)
    Publication.objects.bulk_create(rows, batch_size=500)
    ledger.enter_many(
        [
            line(decision, decision.entity_id, row)
            for decision, row in zip(decisions, rows, strict=True)
            if decision.entity_id is not None
        ],
        by=by,
    )


def withdraw_version(decision: Decision, *, reason: str, by: User | None) -> None:
    """End the publicity of a decision just moved to 已撤下 and tell the ledger and the platform."""
    freshness.public_pages_changed()
    wake_on_commit(OPEN_DATA)
    outbox.enqueue_many([message(decision, operation="withdraw")])
    Publication.objects.current().filter(reference=decision.reference).update(
        withdrawn_at=timezone.now(), withdrawn_reason=reason
    )
    if decision.entity_id:
        ledger.revoke(reference=decision.reference, by=by, reason=reason)


def message(decision: Decision, *, operation: str = "upsert") -> outbox.NewMessage:
    return outbox.NewMessage(
        kind=decision.KIND,
        stream=decision.reference,
        sequence=decision.version,
        payload=dict(exchange.decision_payload(decision, operation=operation)),
        department_code=decision.department.uscc,
        schema_version=exchange.SCHEMA_VERSION,
    )


def snapshot(decision: Decision) -> list[dict[str, str]]:
    """The public fields in national order; a natural person's name is masked, IDs never appear."""
    shown = []
    for field in fields_for(decision.KIND):
        if not field.public:
            continue
        value = shown_value(getattr(decision, field.name))
        if is_person(decision):  # the text tells the name as well
            value = value.replace(decision.party_name, public_name(decision))
        if value:
            shown.append({"code": field.code, "label": field.label, "value": value})
    return shown


def shown_value(value: Any) -> str:
    """As a page writes it: ISO dates, 长期 for the far end of the national table, plain decimals."""
    if isinstance(value, dt.date):
        return "长期" if value >= NO_END else value.isoformat()
    return exchange.as_text(value)


def public_name(decision: Decision) -> str:
    return mask_person_name(decision.party_name) if is_person(decision) else decision.party_name


def is_person(decision: Decision) -> bool:
    return decision.party_category == Decision.PartyCategory.PERSON


def build(decision: Decision, period: ExplainedPeriod) -> Publication:
    """An unsaved publication of the decision as it stands."""
    if decision.published_at is None:
        raise ValueError("only a published decision has a publication")
    fields = snapshot(decision)
    name = public_name(decision)
    return Publication(
        kind=decision.KIND,
        reference=decision.reference,
        version=decision.version,
        entity_id=decision.entity_id,
        authority_id=decision.authority_id,
        title=f"{name} {TITLES[decision.KIND]}",
        party_name=name,
        search_name=search_form(name),
        party_code=decision.party_code,
        document_number=decision.document_number,
        category=category(fields),
        fine_amount=getattr(decision, "fine_amount", None),
        confiscated_amount=getattr(decision, "confiscated_amount", None),
        decided_on=decision.decided_on,
        snapshot=fields,
        digest=digest(fields),
        starts_on=timezone.localdate(decision.published_at),
        ends_on=period.ends_on,
        period_explained=period.as_json(),
        published_at=decision.published_at,
    )


CATEGORY_FIELDS = ("CF_CFLB", "XK_XKLB")


def category(fields: list[dict[str, str]]) -> str:
    """处罚类别 or 许可类别 as it stands in the snapshot."""
    return next((field["value"] for field in fields if field["code"] in CATEGORY_FIELDS), "")


def digest(fields: list[dict[str, str]]) -> str:
    """SHA-256 of the canonical JSON of the public fields, in hexadecimal."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def line(decision: Decision, entity_id: int, row: Publication) -> ledger.LedgerLine:
    adverse = decision.KIND == "penalty"
    return ledger.LedgerLine(
        entity_id=entity_id,
        kind=decision.KIND,
        direction=CreditRecord.Direction.ADVERSE if adverse else CreditRecord.Direction.NEUTRAL,
        reference=decision.reference,
        version=decision.version,
        title=f"{decision.document_number} {TITLES[decision.KIND]}",
        facts={"document_number": decision.document_number, "public_id": row.public_id},
        department_id=decision.authority_id,
        happened_on=decision.decided_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
