"""What a firm reads about itself: the public record with its dates, and the report made of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from credit_portal.regulations.dates import ExplainedDate, ExplainedPeriod
from credit_portal.regulations.rules import RepairChannel, repair_channel
from publicity.models import Publication
from publicity.selectors.reports import record_state, registry_facts
from records.models import MarketEntity


@dataclass(frozen=True)
class Entry:
    """A public decision. `repair_from` is the first day on which repair can be applied for, and `repair_at` where;
    nothing for permits and where no early end exists."""

    publication: Publication
    ends: ExplainedDate | None
    repair_from: ExplainedDate | None
    repair_open: bool
    repair_at: RepairChannel | None


def public_record(entity: MarketEntity, today: dt.date) -> list[Entry]:
    """Exactly what the public sees of the firm today."""
    rows = Publication.objects.public(today).filter(entity=entity).for_record()
    return [entry(row, today) for row in rows]


def entry(row: Publication, today: dt.date) -> Entry:
    period = ExplainedPeriod.from_json(row.period_explained)
    early = (
        period.earliest_end if period.grade and period.earliest_end != period.latest_end else None
    )
    return Entry(
        publication=row,
        ends=period.latest_end if row.ends_on else None,
        repair_from=early,
        repair_open=early is not None and early.result <= today,
        repair_at=repair_channel(row.authority.name, today) if early else None,
    )


def credit_report(entity: MarketEntity) -> dict[str, Any]:
    """What stands in the report, on the sheet (`documents/credit_report.html`) as on the page. `state`: its digest."""
    now = timezone.now()
    today = timezone.localdate(now)
    entries = public_record(entity, today)
    facts = registry_facts(entity)
    groups = [
        {"label": kind.label, "entries": [e for e in entries if e.publication.kind == kind]}
        for kind in Publication.Kind
    ]
    return {
        "title": "安全生产信用报告",
        "state": record_state(facts, [e.publication for e in entries]),
        "generated_at": now,
        "firm": entity,
        "facts": facts,
        "groups": groups,
        "total": len(entries),
        "issued_by": settings.PORTAL_SITE["name"],
        "issued_on": today,
    }
