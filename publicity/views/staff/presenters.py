"""Words and rows that several desk pages share: tabs, the trail of the page, facts of a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.forms import BaseForm
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.audit.selectors import TimelineEntry
from credit_portal.regulations.dates import NO_END

from ...exchange import as_text
from ...fields import PERMIT_STATUSES, Field, FieldKind, fields_for
from ...forms import DecisionForm
from ...intake.check import ENDS
from ...intake.problems import Finding
from ...intake.quantities import DateReader
from ...models import Decision
from ...selectors.desk import KIND_WORDS
from ...selectors.finding import sees
from ...selectors.history import Change, changes_of
from ...selectors.same_number import same_number_as
from ...widgets import OTHER_NAME

ID_FIELDS = ("representative_id_number", "person_id_number")
CHANGED_COLUMNS = [{"label": label} for label in ("栏目", "改前", "改后")]
ID_SHOWN = 4  # last characters of an ID number that the desk shows


def kind_tabs(kind: str) -> list[dict[str, Any]]:
    return [
        {
            "label": word,
            "url": reverse("staff:publicity:decision_list", args=[name]),
            "count": None,
            "active": name == kind,
        }
        for name, word in reversed(KIND_WORDS.items())
    ]


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the desk to this page."""
    home = {"label": "待办", "url": reverse("staff:home")}
    return [home, *({"label": label, "url": url} for label, url in steps)]


def decision_facts(decision: Decision) -> list[dict[str, str]]:
    """Every national field in order, as a description list shows it."""
    return [
        {"label": field.plain, "value": shown(field.name, getattr(decision, field.name))}
        for field in fields_for(decision.KIND)
    ]


def filled(facts: list[dict[str, str]]) -> dict[str, Any]:
    """The facts there are, and the names of the fields left empty: a long list of 无 hides the rest."""
    return {
        "facts": [fact for fact in facts if fact["value"]],
        "empty_fields": [fact["label"] for fact in facts if not fact["value"]],
    }


def shown(name: str, value: Any) -> str:
    """A value for the eyes of staff. An ID number shows its end, which is enough to compare."""
    if name in ID_FIELDS:
        return mask_id(str(value))
    if name == "permit_status":
        return PERMIT_STATUSES.get(str(value), str(value))
    if isinstance(value, dt.date):
        return "长期" if value >= NO_END else value.isoformat()
    return as_text(value)


def changed_rows(changes: Iterable[Change]) -> list[list[str]]:
    """Field, before, after, as the rows of a table. What the mask hides cannot be compared, so it is said."""
    rows = []
    for change in changes:
        before, after = shown(change.name, change.before), shown(change.name, change.after)
        if before == after:
            after = f"{after}（被遮盖的部分有改动）"
        rows.append([change.label, before or "（空）", after or "（空）"])
    return rows


def told(decision: Decision, entry: TimelineEntry) -> dict[str, Any]:
    """An act as the timeline shows it, with what it changed."""
    changed = changed_rows(changes_of(decision, entry))
    names = "、".join(label for label, _, _ in changed)
    return {
        "at": entry.at,
        "who": entry.who,
        "role": entry.role,
        "what": entry.what,
        "reason": entry.reason,
        "changed": changed,
        "summary": f"改动 {len(changed)} 个栏目：{names}",
        "caption": f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M} 改动的栏目",
        "columns": CHANGED_COLUMNS,
    }


def beside_field(problem: Finding) -> str:
    """The sentence of a problem where the label of its field stands already."""
    return problem["sentence"].removeprefix(f"“{problem['column']}”").removeprefix("：")


def leading_to(decision: Decision | None, user: User) -> dict[str, Any]:
    """The link to another record, for those who may see it."""
    if decision is None or not sees(user, decision):
        return {}
    page = reverse("staff:publicity:decision_detail", args=[decision.KIND, decision.pk])
    return {"link_url": page, "link_label": f"查看已有的信息（{decision.standing}）"}


def same_number_notice(decision: Decision, user: User) -> dict[str, str]:
    """For those who are about to agree: the organ's number stands on another record about the party."""
    other = same_number_as(decision)
    if other is None:
        return {}
    day, whose = other.decided_on.isoformat(), other.department.name
    text = (
        f"同一行政相对人、同一机关已有文号相同的信息，决定日期是 {day}，由{whose}填报，"
        f"当前为“{other.standing}”。请核对文号和决定日期，防止重复公示。"
    )
    return {"text": text} | leading_to(other, user)


def one_spelling(field: Field, text: str) -> str:
    """A date typed in any usual way as 2026-10-09; what cannot be read stays as it is."""
    return DateReader(open_ended=field.name in ENDS).read(text, []) or text


def as_typed(value: Any) -> str:
    """A stored value as the form spells it."""
    return value.isoformat() if isinstance(value, dt.date) else as_text(value)


def typed_values(form: DecisionForm) -> dict[str, str]:
    """What was typed into a bound form, dates in one spelling."""
    return {
        field.name: one_spelling(field, text) if field.kind is FieldKind.DATE else text
        for field in fields_for(form.kind)
        for text in [form.cleaned_data.get(field.name) or ""]
    }


def show(form: BaseForm, values: Mapping[str, str]) -> None:
    """Put other values into what a bound form shows."""
    data = cast(QueryDict, form.data).copy()
    for name, value in values.items():
        data[name] = value
        data.pop(f"{name}{OTHER_NAME}", None)  # the text beside the boxes is part of the value
    form.data = data


def mask_id(text: str) -> str:
    end = text[-ID_SHOWN:] if len(text) > ID_SHOWN else ""
    return "*" * (len(text) - len(end)) + end


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Numbers of rows out of a form; what cannot be one is left out."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]
