"""What waits for a person: the counts of the desk, each leading to its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.outbox.models import OutboxMessage

from ..models import DECISION_MODELS, Publication
from ..querysets import DecisionQuerySet
from .lines import AWAITED

KIND_WORDS = {"permit": "行政许可", "penalty": "行政处罚"}


@dataclass(frozen=True)
class Pile:
    """Rows of one kind that wait for the same act."""

    key: str  # "to_submit", "returned", "to_review", "to_publish", "rejected", "overdue", "due_today"
    label: str
    kind: str
    count: int
    query: str  # query string of the list that shows exactly these rows


ACTS = (
    (
        "returned",
        "被退回，待修改",
        Permission.DECISION_EDIT,
        Q(state="returned"),
        "state=returned&mine=edit",
    ),
    (
        "to_submit",
        "草稿，待提交",
        Permission.DECISION_EDIT,
        Q(state="draft"),
        "state=draft&mine=edit",
    ),
    (
        "to_review",
        "待审核",
        Permission.DECISION_REVIEW,
        Q(state="in_review"),
        "state=in_review&mine=review",
    ),
    (
        "to_publish",
        "待公示",
        Permission.DECISION_PUBLISH,
        Q(state="approved"),
        "state=approved&mine=publish",
    ),
)


def piles(user: User, today: dt.date | None = None) -> list[Pile]:
    """Everything that waits for this person now, empty piles left out."""
    day = today or timezone.localdate()
    found = [
        pile
        for key, label, permission, condition, query in ACTS
        if policy.departments_for(user, permission).exists()
        for pile in pile_of(user, key, label, permission, condition, query)
    ]
    return found + clock_piles(user, day) + rejected_piles(user)


def pile_of(
    user: User, key: str, label: str, permission: Permission, condition: Q, query: str
) -> list[Pile]:
    piles = []
    for kind, model in DECISION_MODELS.items():
        count = model.objects.actionable_by(user, permission).filter(condition).count()
        if count:
            piles.append(Pile(key, label, kind, count, query))
    return piles


def clock_piles(user: User, day: dt.date) -> list[Pile]:
    """Open decisions of the person's own departments that are due today or overdue."""
    piles = []
    for kind, model in DECISION_MODELS.items():
        mine = acting_rows(model.objects.timed(), user)
        overdue = mine.filter(deadline_on__lt=day).count()
        due = mine.filter(deadline_on=day).count()
        if overdue:
            piles.append(Pile("overdue", "已逾期", kind, overdue, "clock=overdue&mine=any"))
        if due:
            piles.append(Pile("due_today", "今天到期", kind, due, "clock=today&mine=any"))
    return piles


def acting_rows(rows: DecisionQuerySet, user: User) -> DecisionQuerySet:
    """Rows of the departments where the person can take some step."""
    departments: set[int] = set()
    for permission in (
        Permission.DECISION_EDIT,
        Permission.DECISION_REVIEW,
        Permission.DECISION_PUBLISH,
    ):
        departments.update(policy.departments_for(user, permission).values_list("pk", flat=True))
    return rows.filter(department__in=departments)


def turn_rows(rows: DecisionQuerySet, user: User) -> DecisionQuerySet:
    """Rows whose next step is for people with a permission that this person holds there."""
    turn = Q(pk__in=[])
    for state, (permission, _) in AWAITED.items():
        departments = policy.departments_for(user, permission).values("pk")
        turn |= Q(state=state, department__in=departments)
    return rows.filter(turn)


def rejected_piles(user: User) -> list[Pile]:
    """Public versions that the municipal platform has sent back."""
    piles = []
    for kind, model in DECISION_MODELS.items():
        count = rejected(model.objects.actionable_by(user, Permission.DECISION_EDIT)).count()
        if count:
            piles.append(Pile("rejected", "市平台退回", kind, count, "delivery=failed&mine=edit"))
    return piles


def rejected(rows: DecisionQuerySet) -> DecisionQuerySet:
    """Public decisions whose current version was refused by the platform for good."""
    return with_delivery(rows, [OutboxMessage.State.REJECTED, OutboxMessage.State.DEAD])


def with_delivery(rows: DecisionQuerySet, states: list[str]) -> DecisionQuerySet:
    """Public decisions whose current version stands in one of these delivery states."""
    kind = rows.model.KIND
    references = Publication.objects.current().filter(kind=kind, message__state__in=states)
    ids = [
        int(reference.split(":")[1]) for reference in references.values_list("reference", flat=True)
    ]
    return rows.filter(pk__in=ids, state="published")
