"""The way of one decision, from the row of a workbook on."""

from __future__ import annotations

from credit_portal.audit.models import AuditEvent
from credit_portal.audit.selectors import TimelineEntry, timeline

from ..models import Decision

SAVINGS = ("decision.created", "decision.edited", "decision.revised")


def history(decision: Decision) -> list[TimelineEntry]:
    """Its trail, oldest first. An import is one act on a whole batch; here stands its row."""
    return [*came_in(decision), *timeline(decision)]


def came_in(decision: Decision) -> list[TimelineEntry]:
    if decision.batch_id is None:
        return []
    place = f"第 {decision.batch_id} 批，表中第 {decision.batch_row} 行"
    return [TimelineEntry(decision.created_at, str(decision.created_by), "", "导入", place)]


def last_saved(decision: Decision) -> AuditEvent | None:
    """Who saved the present text, and when; nothing for rows that came in with a workbook and stayed as they were."""
    events = AuditEvent.objects.about(decision).filter(action__in=SAVINGS)
    return events.order_by("-id").first()
