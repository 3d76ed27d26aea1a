"""What a step on many rows would do: how many it moves, how many it cannot, who comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission

from ..models import DECISION_MODELS, Decision
from ..querysets import DecisionQuerySet
from .lines import STEPS, names_of

NAMED = 3  # rows named on the page that asks
NEXT = {
    "submit": (Permission.DECISION_REVIEW, "审核"),
    "approve": (Permission.DECISION_PUBLISH, "公示"),
}
# Step → the queue whose next row is offered after it. A return is half of a reviewer's work.
QUEUES = {"approve": "approve", "return": "approve", "publish": "publish"}
QUEUE_WORDS = {"approve": "审核", "publish": "公示"}


@dataclass(frozen=True)
class Forecast:
    """`able` of `total` rows can take the step; `turned_away` stand in another state or department, `own` were
    written by the person; `late` of the able ones lack the reason for being late, `for_others` were decided by another
    organ than files them. `overdue` of them are past their
    deadline, for `due_today` it ends today."""

    total: int
    able: int
    turned_away: int
    own: int
    late: int
    for_others: int
    overdue: int
    due_today: int
    names: tuple[str, ...]
    following: tuple[str, ...]  # who acts next, by department


def forecast(kind: str, action: str, ids: Sequence[int], user: User) -> Forecast:
    rows = DECISION_MODELS[kind].objects.visible_to(user).filter(pk__in=ids)
    permission, states = STEPS[action]
    in_turn = rows.actionable_by(user, permission).filter(state__in=states)
    able = in_turn.exclude(own_rows(user, action)) if action != "submit" else in_turn
    total, turn, count = rows.count(), in_turn.count(), able.count()
    return Forecast(
        total=total,
        able=count,
        turned_away=total - turn,
        own=turn - count,
        late=late_rows(able).count() if action in ("submit", "approve") else 0,
        for_others=able.exclude(authority=F("department")).count() if action == "submit" else 0,
        overdue=able.timed().filter(deadline_on__lt=timezone.localdate()).count(),
        due_today=able.timed().filter(deadline_on=timezone.localdate()).count(),
        names=tuple(str(row) for row in able.order_by("pk")[:NAMED]),
        following=following(able, action),
    )


def own_rows(user: User, action: str) -> Q:
    """Rows on which the person has already acted as one of the other two."""
    mine = Q(created_by=user) | Q(submitted_by__isnull=False, submitted_by=user)
    if action == "publish":
        mine |= Q(reviewed_by__isnull=False, reviewed_by=user)
    return mine


def late_rows(rows: DecisionQuerySet) -> DecisionQuerySet:
    """First versions past their deadline for which nobody has said why."""
    return rows.filter(deadline_on__lt=timezone.localdate(), version=1, late_reason="")


def following(rows: DecisionQuerySet, action: str) -> tuple[str, ...]:
    if action not in NEXT:
        return ()
    permission, verb = NEXT[action]
    departments = Department.objects.filter(pk__in=rows.order_by().values("department"))
    return tuple(
        f"由 {names_of(permission, department)} {verb}" for department in departments.order_by("pk")
    )


@dataclass(frozen=True)
class Queue:
    """Rows of one kind that wait for the same step of one person; `first` is the one whose deadline ends first."""

    word: str  # 审核 or 公示
    count: int
    first: Decision | None


def waiting_for(action: str, user: User) -> Queue:
    """Of both kinds together: what ends first comes first. `action` is one of the values of `QUEUES`."""
    permission, states = STEPS[action]
    count = 0
    heads: list[Decision] = []
    for model in DECISION_MODELS.values():
        rows = model.objects.visible_to(user).actionable_by(user, permission)
        mine = rows.filter(state__in=states).exclude(own_rows(user, action))
        count += mine.count()
        heads += mine.by_urgency()[:1]
    first = min(heads, key=lambda row: (row.deadline_on, row.KIND), default=None)
    return Queue(QUEUE_WORDS[action], count, first)
