"""The way of one decision, from the row of a workbook on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import models

from credit_portal.audit.models import AuditEvent
from credit_portal.audit.selectors import TimelineEntry, timeline

from ..fields import fields_for
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


@dataclass(frozen=True)
class Change:
    """One national field with its value before and after."""

    name: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class SentBack:
    """The last return of this version: who, when, why, and what has been changed since."""

    at: dt.datetime
    who: str
    reason: str
    changes: tuple[Change, ...]


def since_return(decision: Decision) -> SentBack | None:
    """The last return since the decision was last public, with every field that has another value today.

    Each saved edit keeps the texts before it in the trail, so that the oldest one after the return tells the value
    at the return.
    """
    events = AuditEvent.objects.about(decision).filter(
        action__in=("decision.edited", "decision.returned", "decision.published")
    )
    before: dict[str, str] = {}
    for event in events.order_by("-id"):
        if event.action == "decision.published":
            return None
        if event.action == "decision.returned":
            changes = changes_from(decision, before)
            return SentBack(event.at, event.actor_name, event.reason, changes)
        before |= {name: texts[0] for name, texts in event.changes.items()}
    return None


def changes_from(decision: Decision, before: Mapping[str, str]) -> tuple[Change, ...]:
    """Fields in national order; what was changed and changed back is no change."""
    found = [
        Change(
            field.name,
            field.plain,
            kept_value(decision, field.name, before[field.name]),
            getattr(decision, field.name),
        )
        for field in fields_for(decision.KIND)
        if field.name in before
    ]
    return tuple(change for change in found if change.before != change.after)


def changes_of(decision: Decision, entry: TimelineEntry) -> tuple[Change, ...]:
    """What one act changed in the text, in national order; nothing for acts that leave the text alone."""
    return tuple(
        Change(field.name, field.plain, *(kept_value(decision, field.name, text) for text in texts))
        for field in fields_for(decision.KIND)
        for texts in [entry.changes.get(field.name)]
        if texts
    )


def kept_value(decision: Decision, name: str, text: str) -> Any:
    """A text of the trail as the model holds it."""
    field = cast("models.Field[Any, Any]", decision._meta.get_field(name))
    if text == "":
        return None if field.null else ""
    return field.to_python(text)
