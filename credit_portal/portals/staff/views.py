"""The first page of the desk: what waits, what is late, this month's rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.jobs.selectors import news
from credit_portal.regulations.selectors import missing_year_warning
from credit_portal.watch.selectors import items
from credit_portal.web.gates import StaffView
from publicity.models import DECISION_MODELS, Decision
from publicity.querysets import DecisionQuerySet
from publicity.selectors.desk import KIND_WORDS, Pile, acting_rows, piles, turn_rows
from publicity.selectors.lines import Awaited, Line, lines
from publicity.selectors.rates import board
from publicity.selectors.unfinished import unfinished

from .departments import overview
from .security import watch

ROWS = 15  # most urgent rows on the first page
# The order of the cards, and the colour of those whose number alone is news.
PILES = {
    "overdue": "red",
    "due_today": "amber",
    "returned": "",
    "rejected": "",
    "to_review": "",
    "to_publish": "",
    "to_submit": "",
}
# What an overdue pile asks of a person, by what they may do there.
OVERDUE = (
    (Permission.DECISION_REVIEW, "审核时须填写迟报原因"),
    (Permission.DECISION_PUBLISH, "待公示的请尽快公示"),
    (Permission.DECISION_EDIT, "请尽快提交"),
)
NOTES = {
    "due_today": "今天公示不算迟报",
    "returned": "按审核意见修改后再提交",
    "rejected": "按市平台意见更正",
    "to_review": "须由录入人以外的人审核",
    "to_publish": "公示后自动报送市平台",
    "to_submit": "核对后提交审核",
}


@dataclass(frozen=True)
class Card:
    """One pile of work and the list of exactly its rows."""

    label: str
    count: int
    note: str
    tone: str
    url: str
    more: str = ""  # what waits for others, and the list of exactly those rows
    more_url: str = ""


@dataclass(frozen=True)
class Task:
    """An urgent decision and what comes next: an act of this person, or the people it waits for."""

    line: Line
    kind_word: str
    url: str
    act: str  # "edit", "submit", "open" or "" when others act
    word: str


class DeskView(StaffView, TemplateView):
    template_name = "staff/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        month = today.replace(day=1)
        may_edit = policy.may(self.user, Permission.DECISION_EDIT)
        rates = board(month=month, user=self.user) if self.sees_rates else None
        return super().get_context_data(**kwargs) | {
            "news": news(self.user),
            "cards": cards(piles(self.user, today), self.user),
            "tasks": tasks(self.user),
            "unfinished": unfinished(self.user) if may_edit else [],
            "month": month,
            "rates": rates.total.three_rates(month) if rates else (),
            "calendar_warning": calendar_warning(self.user, today),
            "keeps_calendar": keeps_calendar(self.user),
            "sees_decisions": policy.may(self.user, Permission.DECISION_VIEW),
            "can_edit": may_edit,
            "runs": items() if policy.may(self.user, Permission.ACCOUNT_MANAGE) else (),
            **overview(self.user, rates, today),
            **watch(self.user),
        }

    @property
    def sees_rates(self) -> bool:
        return policy.may(self.user, Permission.RATES_VIEW)


def calendar_warning(user: User, today: dt.date) -> str:
    """For those who work with the calendar; those who keep it are told how to load a year."""
    if not policy.may(user, Permission.CALENDAR_VIEW):
        return ""
    return missing_year_warning(today, caretaker=keeps_calendar(user))


def keeps_calendar(user: User) -> bool:
    keepers = (Permission.CALENDAR_EDIT, Permission.ACCOUNT_MANAGE)
    return any(policy.may(user, one) for one in keepers)


def cards(found: list[Pile], user: User) -> list[Card]:
    """The piles as cards, the most urgent first."""
    notes = NOTES | {"overdue": overdue_note(user)}
    order = list(PILES)
    return [
        Card(
            label=f"{pile.label} · {KIND_WORDS[pile.kind]}",
            count=pile.count,
            note=notes[pile.key] if pile.count else "没有等您办理的",
            tone=PILES[pile.key] if pile.count else "",
            url=f"{list_of(pile.kind)}?{pile.query}",
            more=f"另有 {pile.others:,} 条等他人办理" if pile.others else "",
            more_url=f"{list_of(pile.kind)}?{pile.others_query}",
        )
        for pile in sorted(found, key=lambda pile: order.index(pile.key))
    ]


def overdue_note(user: User) -> str:
    """What this person does about overdue decisions; nothing for those who only look on."""
    asked = [words for permission, words in OVERDUE if policy.may(user, permission)]
    return "；".join(asked)


def list_of(kind: str) -> str:
    return reverse("staff:publicity:decision_list", args=[kind])


def tasks(user: User) -> list[Task]:
    """The open decisions of the person's departments: first those that wait for this person, then those that wait
    for others; in each part the clocks that end first."""
    mine = most_urgent(turn_rows(model.objects.open(), user) for model in DECISION_MODELS.values())
    seen = {(row.KIND, row.pk) for row in mine}
    open_rows = (acting_rows(model.objects.open(), user) for model in DECISION_MODELS.values())
    others = [row for row in most_urgent(open_rows) if (row.KIND, row.pk) not in seen]
    awaited = Awaited()
    return [task(line, awaited) for line in lines([*mine, *others][:ROWS], user)]


def most_urgent(parts: Iterable[DecisionQuerySet]) -> list[Decision]:
    rows: list[Decision] = list(chain.from_iterable(part.by_urgency()[:ROWS] for part in parts))
    return sorted(rows, key=lambda row: (row.deadline_on, row.KIND, row.pk))[:ROWS]


def task(line: Line, awaited: Awaited) -> Task:
    decision = line.decision
    word = KIND_WORDS[decision.KIND]
    page = reverse("staff:publicity:decision_detail", args=[decision.KIND, decision.pk])
    if "submit" in line.steps and decision.state == Decision.State.RETURNED:
        edit = reverse("staff:publicity:decision_edit", args=[decision.KIND, decision.pk])
        return Task(line, word, edit, "edit", "看意见并修改")
    if "submit" in line.steps:
        steps = reverse("staff:publicity:decision_step", args=[decision.KIND])
        query = urlencode({"back": "home"})
        return Task(line, word, f"{steps}?{query}", "submit", "提交审核")
    if "approve" in line.steps:
        return Task(line, word, page, "open", "审核")
    if "publish" in line.steps:
        return Task(line, word, page, "open", "公示")
    return Task(line, word, page, "", awaited.words(decision))
