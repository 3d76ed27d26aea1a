"""What a firm reads about itself: the public record with its dates, and the report made of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from credit_portal.regulations.dates import ExplainedDate, ExplainedPeriod
from publicity.models import Publication
from records.models import MarketEntity


@dataclass(frozen=True)
class Entry:
    """A public decision. `repair_from` is the first day on which repair can be applied for; nothing for permits
    and where no early end exists."""

    publication: Publication
    ends: ExplainedDate | None
    repair_from: ExplainedDate | None
    repair_open: bool


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
    )


def registry_facts(entity: MarketEntity) -> list[dict[str, str]]:
    """What the registry says of the firm, as far as it is public."""
    names = "、".join(entity.former_names.values_list("name", flat=True))
    rows = [
        ("企业名称", entity.name),
        ("统一社会信用代码", entity.code),
        ("登记状态", entity.status),
        ("法定代表人", entity.legal_representative),
        ("住所", entity.address),
        ("所属行业", entity.industry),
        ("成立日期", str(entity.established_on or "")),
        ("曾用名", names),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def credit_report(entity: MarketEntity, address: str) -> dict[str, Any]:
    """Context of `documents/credit_report.html` and of the page that shows the same. `address`: the firm's
    public page. The number says the day and what stood in the report, so two with one number say the same."""
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
        "number": number(entity, today, facts, entries),
        "generated_at": now,
        "firm": entity,
        "facts": facts,
        "groups": groups,
        "total": len(entries),
        "address": address,
        "issued_by": settings.PORTAL_SITE["name"],
        "issued_on": today,
    }


def number(
    entity: MarketEntity, today: dt.date, facts: list[dict[str, str]], entries: list[Entry]
) -> str:
    """XB-20261125-8F3C21D9."""
    said = [entity.code, facts, [e.publication.digest for e in entries]]
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    return f"XB-{today:%Y%m%d}-{digest.hexdigest()[:8].upper()}"
