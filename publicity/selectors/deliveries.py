"""What went to the municipal platform: counts by state, and each message with the decision it carries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.outbox.models import Difference, OutboxMessage
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
    found = decisions_of(message.stream for message in rows)
    return [
        DeliveryLine(
            message, message.stream.split(":")[0], delivery_tone(message), found.get(message.stream)
        )
        for message in rows
    ]


def decisions_of(streams: Iterable[str]) -> dict[str, Decision]:
    """The decisions behind these records; what is none of ours is left out."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for stream in streams:
        kind, _, pk = stream.partition(":")
        if kind in DECISION_MODELS and pk.isascii() and pk.isdigit() and len(pk) < 19:
            wanted[kind].append(int(pk))
    return {
        row.reference: row
        for kind, ids in wanted.items()
        for row in DECISION_MODELS[kind].objects.filter(pk__in=ids)
    }


@dataclass(frozen=True)
class DifferenceLine:
    """One difference, with its decision where we hold one."""

    row: Difference
    kind: str
    decision: Decision | None

    @property
    def title(self) -> str:
        return self.decision.document_number if self.decision else self.row.stream

    @property
    def tone(self) -> str:
        return DIFFERENCE_TONES.get(self.row.state, "")


DIFFERENCE_TONES = {"open": "red", "replayed": "info", "noted": "", "gone": "green"}


def difference_lines(rows: Iterable[Difference]) -> list[DifferenceLine]:
    known = list(rows)
    found = decisions_of(row.stream for row in known)
    return [
        DifferenceLine(row, row.stream.partition(":")[0], found.get(row.stream)) for row in known
    ]


def difference_counts(user: User) -> list[StateCount]:
    rows = Difference.objects.visible_to(user).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    return [
        StateCount(state.value, state.label, found.get(state.value, 0))
        for state in Difference.State
    ]


@dataclass(frozen=True)
class Waiting:
    """A department whose messages the person may carry by hand, and how many wait."""

    department: Department
    count: int


def waiting_by_department(user: User) -> list[Waiting]:
    departments = policy.departments_for(user, Permission.DELIVERY_REPLAY)
    pending = OutboxMessage.objects.pending().order_by().values_list("department_code")
    counts = dict(pending.annotate(count=Count("pk")))
    return [Waiting(row, counts[row.uscc]) for row in departments if counts.get(row.uscc)]


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
