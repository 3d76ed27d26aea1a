"""The way of one decision, from the row of a workbook on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import models

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit.models import AuditEvent
from credit_portal.audit.selectors import TimelineEntry, timeline

from ..fields import fields_for
from ..models import DECISION_MODELS, Decision

SAVINGS = ("decision.created", "decision.edited", "decision.revised", "decision.reopened")
OPENINGS = ("decision.revised", "decision.reopened")  # a new version begins
ENDINGS = (  # and is over
    "decision.published",
    "decision.withdrawn",
    "decision.abandoned",
    "decision.correction_ended",
    "decision.left_withdrawn",
)
# Act → the part in the public version that the person had by it, as the model names it.
HANDS = {
    "decision.submitted": "submitted",
    "decision.approved": "reviewed",
    "decision.published": "published",
}


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
    """The last return of the version on its way, with every field that has another value today.

    Each saved edit keeps the texts before it in the trail, so that the oldest one after the return tells the value
    at the return.
    """
    events = AuditEvent.objects.about(decision).filter(
        action__in=("decision.edited", "decision.returned", "decision.published", *OPENINGS)
    )
    before: dict[str, str] = {}
    for event in events.order_by("-id"):
        if event.action == "decision.published" or event.action in OPENINGS:
            return None
        if event.action == "decision.returned":
            changes = changes_from(decision, before)
            return SentBack(event.at, event.actor_name, event.reason, changes)
        before |= {name: texts[0] for name, texts in event.changes.items()}
    return None


@dataclass(frozen=True)
class NewVersion:
    """A version that is to replace a public one or to bring back a withdrawn one: who opened it, when and why, and
    what it changes."""

    at: dt.datetime
    who: str
    actor_id: int | None
    reason: str
    changes: tuple[Change, ...]


def new_version(decision: Decision) -> NewVersion | None:
    """The version on its way beside or after a public one; nothing when there is none."""
    return new_versions([decision]).get(decision.pk)


def new_versions(decisions: Sequence[Decision]) -> dict[int, NewVersion]:
    """By key of the decision, in one query. All decisions are of one kind."""
    wanted = [row for row in decisions if row.version > 1]
    if not wanted:
        return {}
    trails: dict[str, list[AuditEvent]] = defaultdict(list)
    events = AuditEvent.objects.about_any(wanted).filter(
        action__in=("decision.edited", *OPENINGS, *ENDINGS)
    )
    for event in events.order_by("-id"):
        trails[event.subject_id].append(event)
    found = ((row.pk, opened(row, trails[str(row.pk)])) for row in wanted)
    return {pk: version for pk, version in found if version}


def opened(decision: Decision, newest_first: Iterable[AuditEvent]) -> NewVersion | None:
    before: dict[str, str] = {}
    for event in newest_first:
        if event.action in ENDINGS:
            return None
        if event.action in OPENINGS:
            changes = changes_from(decision, before)
            return NewVersion(event.at, event.actor_name, event.actor_id, event.reason, changes)
        before |= {name: texts[0] for name, texts in event.changes.items()}
    return None


def hands_of_last_version(decision: Decision) -> dict[str, Any]:
    """Who submitted, reviewed and published the version that was public last, and when, as the model has it."""
    found: dict[str, Any] = {}
    events = AuditEvent.objects.about(decision).filter(action__in=HANDS).order_by("-id")
    for event in events:
        if not found and event.action != "decision.published":
            continue  # steps of a version that never became public
        part = HANDS[event.action]
        found.setdefault(f"{part}_by_id", event.actor_id)
        found.setdefault(f"{part}_at", event.at)
    return found


def deletion(kind: str, pk: int, user: User) -> AuditEvent | None:
    """The act that deleted a draft of a department into which the person may look."""
    departments = policy.departments_for(user, Permission.DECISION_VIEW)
    gone = DECISION_MODELS[kind](pk=pk)
    found = AuditEvent.objects.about(gone).filter(
        action="decision.deleted", department_code__in=departments.values("uscc")
    )
    return found.order_by("-id").first()


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
