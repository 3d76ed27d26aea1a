"""What will be public about a firm soon: no more than it needs to know beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from credit_portal.accounts.models import User
from credit_portal.regulations.deadlines import ExplainedDate, publicity_period
from records.models import MarketEntity

from ..models import DECISION_MODELS, Decision


@dataclass(frozen=True)
class Coming:
    """A decision on its way to its public page. `ends` explains the last day; nothing when there is none."""

    kind: str
    organ: str
    document_number: str
    public_by: dt.date
    ends: ExplainedDate | None


def coming(entity: MarketEntity, user: User) -> list[Coming]:
    """Approved decisions about the firm that are not public yet, the next to be published first."""
    rows: list[Decision] = []
    for model in DECISION_MODELS.values():
        rows.extend(model.objects.foreseen_by(user).filter(entity=entity).by_urgency())
    return [as_coming(row) for row in sorted(rows, key=lambda row: (row.deadline_on, row.pk))]


def as_coming(row: Decision) -> Coming:
    valid_to = getattr(row, "valid_to", None)
    period = publicity_period(row.KIND, row.decided_on, valid_to=valid_to)
    return Coming(
        kind=str(row._meta.verbose_name),
        organ=row.authority_name,
        document_number=row.document_number,
        public_by=row.deadline_on,
        ends=period.latest_end if period.ends_on else None,
    )
