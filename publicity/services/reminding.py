"""Telling people that a deadline comes near: at half of it, at four fifths, on its eve, on the day, and past it.

Each decision remembers the last stage it was told of, and the row is locked while it is: however many beats ring,
nobody is told twice, and a stage missed while the portal stood still is made up for once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.reminders import Stage, last_reached, stages_on

from ..models import DECISION_MODELS, Decision, Publication
from ..querysets import DecisionQuerySet
from ..selectors.clocks import AMBER_FROM, workdays_left
from ..selectors.desk import KIND_WORDS

MessageState = OutboxMessage.State
# In the order of the way; the words for what each state waits for.
WAITS = {"draft": "待提交", "returned": "被退回", "in_review": "待审核", "approved": "待公示"}
ACTORS = (Permission.DECISION_EDIT, Permission.DECISION_REVIEW, Permission.DECISION_PUBLISH)


@dataclass
class Pile:
    """Decisions of one department and kind with one deadline that have reached a stage together."""

    kind: str
    department: int
    deadline: dt.date
    stage: Stage
    left: int  # working days
    states: Counter[str] = field(default_factory=Counter)
    first: int = 0  # the lowest key, so that later arrivals make a notice of their own

    def add(self, row: Decision) -> None:
        self.states[row.state] += 1
        self.first = self.first or row.pk


@transaction.atomic
def warn_of_deadlines(today: dt.date | None = None) -> int:
    """Tell of every decision that has reached a stage since it was last told of; returns notices sent."""
    day = today or timezone.localdate()
    calendar = load_calendar()
    piles = [
        pile for kind in DECISION_MODELS for pile in due_piles(kind, day, calendar, stages_on(day))
    ]
    departments = Department.objects.in_bulk({pile.department for pile in piles})
    sent = sum(tell_department(pile, departments[pile.department]) for pile in piles)
    return sent + tell_office(piles, departments, day)


def due_piles(
    kind: str, day: dt.date, calendar: Calendar, stages: tuple[Stage, ...]
) -> Iterable[Pile]:
    """What is to be told now, and marked as told."""
    rows = DECISION_MODELS[kind].objects.timed()
    order = [stage.key for stage in stages]
    piles: dict[tuple[int, dt.date, str], Pile] = {}
    clocks = rows.order_by().values_list("decided_on", "deadline_on", "reminded").distinct()
    for decided_on, deadline, reminded in clocks:
        left = workdays_left(deadline, day, calendar)
        stage = last_reached(stages, calendar.workdays_between(decided_on, deadline), left)
        if stage is None or reminded in order[order.index(stage.key) :]:
            continue
        same = rows.filter(decided_on=decided_on, deadline_on=deadline, reminded=reminded)
        for row in mark(same, stage):
            key = (row.department_id, deadline, stage.key)
            piles.setdefault(key, Pile(kind, row.department_id, deadline, stage, left)).add(row)
    return piles.values()


def mark(rows: DecisionQuerySet, stage: Stage) -> list[Decision]:
    """Lock what nobody else tells of just now, and note the stage; the revision stays, nothing was edited."""
    mine = list(rows.locked_if_free().only("pk", "state", "department_id"))
    rows.model.objects.filter(pk__in=[row.pk for row in mine]).update(reminded=stage.key)
    return mine


def tell_department(pile: Pile, department: Department) -> int:
    """Clerks, reviewers and heads of the department: each sees at what step the decisions wait."""
    people = {user for act in ACTORS for user in policy.holders(act, department)}
    total = pile.states.total()
    waits = "，".join(
        f"{word} {pile.states[state]} 条" for state, word in WAITS.items() if pile.states[state]
    )
    text = (
        f"{pile.stage.title}：{total} 条{KIND_WORDS[pile.kind]}信息最迟公示日 {pile.deadline}，"
        f"{remaining(pile.left)}（{waits}）。"
    )
    return notices.notify(
        recipients=people,
        key=f"deadline:{pile.kind}:{department.pk}:{pile.deadline}:{pile.stage.key}:{pile.first}",
        text=text,
        outside=text,
        level=level_of(pile.left),
        link=list_of(pile.kind, pile.deadline),
    )


def tell_office(piles: list[Pile], departments: dict[int, Department], day: dt.date) -> int:
    """The committee office, at some stages: one notice for all departments."""
    told = sorted((pile for pile in piles if pile.stage.office), key=lambda pile: pile.stage.key)
    return sum(
        tell_office_of(list(same), departments, day)
        for _, same in groupby(told, key=lambda pile: pile.stage.key)
    )


def tell_office_of(piles: list[Pile], departments: dict[int, Department], day: dt.date) -> int:
    counts: Counter[int] = Counter()
    for pile in piles:
        counts[pile.department] += pile.states.total()
    named = "，".join(f"{departments[pk].name} {count} 条" for pk, count in counts.most_common())
    stage = piles[0].stage
    text = f"{stage.title}，尚未公示的共 {counts.total()} 条：{named}。"
    first = min((pile.kind, pile.first) for pile in piles)
    return notices.notify(
        recipients=policy.holders_of_the_city(Permission.DECISION_VIEW),
        key=f"deadline:office:{day}:{stage.key}:{first[0]}:{first[1]}",
        text=text,
        outside=text,
        level=Notice.Level.AMBER,
        link=reverse("staff:home"),
    )


def level_of(left: int) -> str:
    if left <= 0:
        return Notice.Level.RED
    return Notice.Level.AMBER if left <= AMBER_FROM else Notice.Level.INFO


def list_of(kind: str, deadline: dt.date) -> str:
    address = reverse("staff:publicity:decision_list", kwargs={"kind": kind})
    return f"{address}?clock=running&due={deadline}&mine=any"


def remaining(left: int) -> str:
    """Working days left, in words."""
    if left < 0:
        return f"已逾期 {-left} 个工作日"
    return "今天到期" if left == 0 else f"还剩 {left} 个工作日"


@transaction.atomic
def warn_of_rejections() -> int:
    """Tell the clerks about versions that the platform has refused or could not be given."""
    refused = (
        Publication.objects.current()
        .filter(message__state__in=[MessageState.HELD, MessageState.REJECTED, MessageState.DEAD])
        .select_related("message")
    )
    return sum(tell_of_rejection(row, row.message) for row in refused if row.message)


def tell_of_rejection(row: Publication, message: OutboxMessage) -> int:
    kind, pk = row.reference.split(":")
    department = Department.objects.get(uscc=message.department_code)
    return notices.notify(
        recipients=policy.holders(Permission.DECISION_EDIT, department),
        key=f"refused:{message.pk}:{message.attempts}",
        text=f"{row.document_number}未能报送市平台：{message.reason or '多次尝试未成功'}"[:500],
        level=Notice.Level.RED,
        link=reverse("staff:publicity:decision_detail", args=[kind, int(pk)]),
    )
