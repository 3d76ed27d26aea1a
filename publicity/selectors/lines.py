"""Decisions as the desk shows them: the clock, the delivery, and who may take which step next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.calendar import load_calendar

from ..fields import apart_from
from ..models import Decision
from .clocks import Clock, clock

# Action → the permission it needs and the states it starts from.
STEPS: dict[str, tuple[Permission, tuple[str, ...]]] = {
    "submit": (Permission.DECISION_EDIT, ("draft", "returned")),
    "approve": (Permission.DECISION_REVIEW, ("in_review",)),
    "return": (Permission.DECISION_REVIEW, ("in_review", "approved")),
    "publish": (Permission.DECISION_PUBLISH, ("approved",)),
}
# State → who has to act, and the word for the act.
AWAITED = {
    "draft": (Permission.DECISION_EDIT, "提交"),
    "returned": (Permission.DECISION_EDIT, "修改"),
    "in_review": (Permission.DECISION_REVIEW, "审核"),
    "approved": (Permission.DECISION_PUBLISH, "公示"),
}
# State → who had a part before: they may not take the next step.
EARLIER_PARTS = {
    "in_review": ("created_by", "submitted_by"),
    "approved": ("created_by", "submitted_by", "reviewed_by"),
}
STATE_TONES = {
    "in_review": "info",
    "approved": "info",
    "published": "green",
    "returned": "amber",
}
DELIVERY_TONES = {
    **dict.fromkeys(("pending", "handed"), "info"),
    "accepted": "green",
    **dict.fromkeys(("held", "rejected", "dead"), "amber"),
}
NAMES_SHOWN = 2


@dataclass(frozen=True)
class Line:
    """One decision in a list. `steps` are the actions this person may take on it now."""

    decision: Decision
    clock: Clock
    matter: str
    amount: str
    tone: str
    delivery: OutboxMessage | None
    delivery_tone: str
    steps: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """What was decided and what it costs, in one cell: 警告，罚款 3.2 万元."""
        amounts = [text for text in self.amount.split("，") if text]
        matters = apart_from(amounts, self.matter.split("、"))
        return "，".join(part for part in ("、".join(matters), *amounts) if part)


def lines(rows: Sequence[Decision], user: User) -> list[Line]:
    """The rows with everything a list says about them; the number of queries does not grow with them."""
    calendar = load_calendar()
    sent = deliveries(row.reference for row in rows)
    return [
        Line(
            decision=row,
            clock=clock(row, calendar=calendar),
            matter=matter(row),
            amount=amount(row),
            tone=STATE_TONES.get(row.state, ""),
            delivery=sent.get(row.reference),
            delivery_tone=delivery_tone(sent.get(row.reference)),
            steps=steps_for(row, user),
        )
        for row in rows
    ]


def deliveries(references: Iterable[str]) -> dict[str, OutboxMessage]:
    """The newest message of each record to the municipal platform."""
    rows = OutboxMessage.objects.filter(stream__in=list(references)).defer("body")
    return {row.stream: row for row in rows.order_by("stream", "sequence")}


def delivery_tone(message: OutboxMessage | None) -> str:
    return DELIVERY_TONES.get(message.state, "") if message else ""


def steps_for(decision: Decision, user: User) -> tuple[str, ...]:
    """What this person may do with it now: permission, state, and never two of the three parts."""
    return tuple(
        action
        for action, (permission, states) in STEPS.items()
        if decision.state in states
        and policy.may(user, permission, decision.department)
        and not acted_before(decision, user, action)
    )


def acted_before(decision: Decision, user: User, action: str) -> bool:
    if action == "submit":
        return False
    before = {decision.created_by_id, decision.submitted_by_id}
    if action == "publish":
        before.add(decision.reviewed_by_id)
    return user.pk in before


def matter(decision: Decision) -> str:
    """What was decided, in the words of the national table."""
    text = getattr(decision, "penalty_category", "") or getattr(decision, "permit_category", "")
    return "、".join(part for part in text.replace("；", ";").split(";") if part)


def amount(decision: Decision) -> str:
    named = (("罚款", "fine_amount"), ("没收", "confiscated_amount"))
    found = [(word, getattr(decision, name, None)) for word, name in named]
    return "，".join(f"{word} {plain(value)} 万元" for word, value in found if value)


def plain(value: Decimal) -> str:
    """An amount without trailing zeros."""
    return format(value.normalize(), "f")


class Awaited:
    """Who acts next on decisions, each department and permission asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def words(self, decision: Decision) -> str:
        """`等待 李伟 审核`, or nothing when the decision waits for nobody."""
        if decision.state not in AWAITED:
            return ""
        permission, verb = AWAITED[decision.state]
        return f"等待 {self.names(permission, decision.department)} {verb}"

    def names(self, permission: Permission, department: Department) -> str:
        key = (permission.value, department.pk)
        if key not in self._known:
            self._known[key] = names_of(permission, department)
        return self._known[key]


def names_of(permission: Permission, department: Department) -> str:
    """The people who hold the permission in the department: two names, then how many there are."""
    names = [str(user) for user in policy.holders(permission, department).order_by("pk")]
    if not names:
        return f"{department.name}（尚无人员）"
    shown = "、".join(names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} 等 {len(names)} 人"
