"""What waits for a person: the counts of the desk, each leading to its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.outbox.models import OutboxMessage

from ..models import DECISION_MODELS, Publication
from ..querysets import DecisionQuerySet
from .lines import AWAITED, EARLIER_PARTS

KIND_WORDS = {"permit": "行政许可", "penalty": "行政处罚"}


@dataclass(frozen=True)
class Pile:
    """Rows of one kind that wait for the same act of this person, and those of them that wait for others."""

    key: str  # "to_submit", "returned", "to_review", "to_publish", "rejected", "overdue", "due_today"
    label: str
    kind: str
    count: int
    query: str  # query string of the list that shows exactly these rows
    others: int = 0
    others_query: str = ""


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
        "state=in_review&mine=turn",
    ),
    (
        "to_publish",
        "待公示",
        Permission.DECISION_PUBLISH,
        Q(state="approved"),
        "state=approved&mine=turn",
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
        rows = model.objects.filter(condition)
        count = turn_rows(rows, user).count()
        if count:
            piles.append(with_others(Pile(key, label, kind, count, query), rows, user))
    return piles


def clock_piles(user: User, day: dt.date) -> list[Pile]:
    """Open decisions of the person's own departments that are due today or overdue. Late ones are told also when
    only others can act: somebody has to remind them."""
    piles = []
    for kind, model in DECISION_MODELS.items():
        for key, label, condition, query in (
            ("overdue", "已逾期", Q(deadline_on__lt=day), "clock=overdue&mine=turn"),
            ("due_today", "今天到期", Q(deadline_on=day), "clock=today&mine=turn"),
        ):
            rows = model.objects.timed().filter(condition)
            pile = Pile(key, label, kind, turn_rows(rows, user).count(), query)
            pile = with_others(pile, rows, user)
            if pile.count or pile.others:
                piles.append(pile)
    return piles


def with_others(pile: Pile, rows: DecisionQuerySet, user: User) -> Pile:
    """The pile with the rows that wait for others, and the list of exactly those."""
    query = pile.query.replace("mine=turn", "mine=others").replace("mine=edit", "mine=others")
    return replace(pile, others=others_rows(rows, user).count(), others_query=query)


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
    """Rows whose next step this person can take: the permission there, and no earlier part in it."""
    turn = Q(pk__in=[])
    for state, (permission, _) in AWAITED.items():
        departments = policy.departments_for(user, permission).values("pk")
        part = Q(state=state, department__in=departments)
        for before in EARLIER_PARTS.get(state, ()):
            part &= ~Q(**{before: user})
        turn |= part
    return rows.filter(turn)


def others_rows(rows: DecisionQuerySet, user: User) -> DecisionQuerySet:
    """Open rows of the person's own departments whose next step only others can take."""
    mine = turn_rows(rows, user).order_by().values("pk")
    return acting_rows(rows.open(), user).exclude(pk__in=mine)


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
    state = OutboxMessage.State
    return with_delivery(rows, [state.HELD, state.REJECTED, state.DEAD])


def with_delivery(rows: DecisionQuerySet, states: list[str]) -> DecisionQuerySet:
    """Public decisions whose current version stands in one of these delivery states."""
    kind = rows.model.KIND
    references = Publication.objects.current().filter(kind=kind, message__state__in=states)
    ids = [
        int(reference.split(":")[1]) for reference in references.values_list("reference", flat=True)
    ]
    return rows.filter(pk__in=ids, state="published")
