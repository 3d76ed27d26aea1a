"""The conditions in force on a list, each with the address without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, ChoiceField
from django.utils.http import urlencode

register = template.Library()


@dataclass(frozen=True)
class Condition:
    """`label`: 值. `wrong` when it cannot be read, so that the list is empty until it is removed or mended."""

    label: str
    value: str
    url: str
    wrong: bool


@dataclass(frozen=True)
class Conditions:
    """What a filter bar says of itself. `folded` of the conditions stand in the folded part."""

    chips: list[Condition]
    clear_url: str
    folded: int
    unfold: bool


@register.simple_tag
def conditions(plain: Any, folded: Any = None) -> Conditions:
    """Takes forms or lists of bound fields of one form, as the filter bar does. The fold opens for what must be
    mended there, since its sentence stands beside the field, and for nothing else."""
    behind = given(folded)
    active = given(plain) + behind
    names = [field.html_name for field in active]
    return Conditions(
        chips=[
            Condition(label_of(field), value_of(field), address(field, [field.html_name]), wrong)
            for field in active
            for wrong in [bool(field.errors)]
        ],
        clear_url=address(active[0], names) if active else "",
        folded=len(behind),
        unfold=any(field.errors for field in behind),
    )


def given(group: BaseForm | Iterable[BoundField] | None) -> list[BoundField]:
    """The fields that are filled in."""
    return [field for field in group or () if is_given(field.data) and not field.is_hidden]


def is_given(value: Any) -> bool:
    return bool(str(value or "").strip())


def label_of(field: BoundField) -> str:
    """Without the hint in brackets that helps while typing."""
    return str(field.label).partition("（")[0]


def value_of(field: BoundField) -> str:
    """As the person chose it: the word of a choice, and what was typed otherwise."""
    if field.errors or not isinstance(field.field, ChoiceField):
        return str(field.data).strip()
    cleaned = field.form.cleaned_data[field.name]
    if not isinstance(cleaned, str):
        return str(
            cleaned
        )  # a row of a table says its name itself, without a look at the other rows
    choices: Any = field.field.choices
    return {str(value): str(word) for value, word in choices}.get(cleaned, cleaned)


def address(field: BoundField, without: list[str]) -> str:
    """The present address without these conditions, on its first page."""
    data: Any = field.form.data
    left = data.copy()
    for name in (*without, "page"):
        left.pop(name, None)
    query = urlencode(left, doseq=True)
    return f"?{query}" if query else "?"
