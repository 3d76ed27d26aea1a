"""What went to the municipal platform: counts by state, and each message with the decision it carries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from credit_portal.accounts.models import User
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.municipal.receiver_rules import rule_table

from ..models import DECISION_MODELS, Decision
from .lines import delivery_tone


@dataclass(frozen=True)
class StateCount:
    state: str
    label: str
    count: int


def state_counts(user: User) -> list[StateCount]:
    """Messages of the person's departments by state, in the order of urgency."""
    rows = OutboxMessage.objects.visible_to(user).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    order = ["rejected", "held", "dead", "pending", "handed", "accepted", "superseded"]
    return [
        StateCount(state, OutboxMessage.State(state).label, found.get(state, 0)) for state in order
    ]


@dataclass(frozen=True)
class DeliveryLine:
    """One message and its decision; none when the decision is no longer held."""

    message: OutboxMessage
    kind: str
    tone: str
    decision: Decision | None


def delivery_lines(messages: Iterable[OutboxMessage]) -> list[DeliveryLine]:
    """Messages with their decisions, one query for each kind."""
    rows = list(messages)
    wanted: dict[str, list[int]] = defaultdict(list)
    for message in rows:
        kind, pk = message.stream.split(":")
        wanted[kind].append(int(pk))
    found = {
        row.reference: row
        for kind, ids in wanted.items()
        for row in DECISION_MODELS[kind].objects.filter(pk__in=ids)
    }
    return [
        DeliveryLine(
            message, message.stream.split(":")[0], delivery_tone(message), found.get(message.stream)
        )
        for message in rows
    ]


@dataclass(frozen=True)
class RuleLine:
    """A code of refusal as its page shows it. `here`: looked at before sending."""

    code: str
    words: str
    example: str
    fields: str
    here: bool
    since: str


@dataclass(frozen=True)
class RuleBookLines:
    version: str
    begins: dt.date
    lines: tuple[RuleLine, ...]


def receiver_rules(day: dt.date) -> RuleBookLines:
    """The receiver's rules of the day; a field that stands in both national tables is named once."""
    table = rule_table()
    version = table.versions[table.place_on(day)]
    lines = tuple(
        RuleLine(
            code=rule.code,
            words=rule.words,
            example=rule.example,
            fields="、".join(dict.fromkeys(table.label(name) for name in rule.fields)),
            here=rule.here,
            since=rule.version,
        )
        for rule in table.rules_on(day)
    )
    return RuleBookLines(version.version, version.begins, lines)
