"""Decisions found by a part of their number or by a person, in groups that each lead to their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from credit_portal.accounts.models import User
from records.search import capped_count

from ..models import DECISION_MODELS, Decision
from ..querysets import DecisionQuerySet
from .desk import KIND_WORDS
from .lines import Line, lines

SHOWN = 5  # rows of a group
CAP = 200  # beyond nobody counts


@dataclass(frozen=True)
class Group:
    """Rows of one kind. `more`: there are more than `count`. `url` is the list of exactly these rows."""

    title: str
    count: int
    more: bool
    lines: list[Line]
    url: str


@dataclass(frozen=True)
class Tally:
    """How many decisions of one kind a firm has, and where they are."""

    word: str
    count: int
    url: str


def by_number(user: User, text: str) -> list[Group]:
    return groups(user, "文书号含“{}”的{}", "document", text)


def by_person(user: User, name: str) -> list[Group]:
    return groups(user, "当事人或法定代表人为“{}”的{}", "person", name)


def groups(user: User, title: str, parameter: str, text: str) -> list[Group]:
    """One group for each kind that has rows; `parameter` is the filter of the list that finds the same."""
    found = []
    for kind in reversed(KIND_WORDS):
        visible = DECISION_MODELS[kind].objects.visible_to(user)
        rows = FINDERS[parameter](visible, text)
        count, more = capped_count(rows.order_by(), CAP)
        if count:
            shown = lines(list(rows.for_table()[:SHOWN]), user)
            heading = title.format(text, KIND_WORDS[kind])
            found.append(Group(heading, count, more, shown, list_at(kind, parameter, text)))
    return found


FINDERS = {
    "document": DecisionQuerySet.numbered_like,
    "person": DecisionQuerySet.about_person,
}


def tallies(user: User, firms: Sequence[tuple[int, str]]) -> dict[int, list[Tally]]:
    """For firms as (key, code): how many decisions of each kind the person may see."""
    codes = dict(firms)
    found: dict[int, list[Tally]] = defaultdict(list)
    for kind in reversed(KIND_WORDS):
        rows = DECISION_MODELS[kind].objects.visible_to(user).filter(entity__in=codes)
        counts = rows.order_by().values_list("entity").annotate(count=Count("pk"))
        for pk, count in counts:
            found[pk].append(Tally(KIND_WORDS[kind], count, list_at(kind, "q", codes[pk])))
    return found


def list_at(kind: str, parameter: str, text: str) -> str:
    address = reverse("staff:publicity:decision_list", args=[kind])
    return f"{address}?{urlencode({parameter: text})}"


def sees(user: User, decision: Decision) -> bool:
    """Whether the person may open the page of this row."""
    rows = DECISION_MODELS[decision.KIND].objects.visible_to(user)
    return rows.filter(pk=decision.pk).exists()
