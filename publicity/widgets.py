"""Boxes of the decision form that are more than one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from credit_portal.regulations.dates import NO_END

from .fields import PENALTY_CATEGORIES
from .intake.categories import OTHER, understood
from .intake.quantities import AmountReader, DateReader

OTHER_WORD = "其他"
OTHER_NAME = "_other"
TEN_THOUSAND = 10_000
LONG_TERM = "长期"


class TypedDate(forms.TextInput):
    """A date typed in any usual way (20210927, 2021年9月27日, 2021-9-27); dates.js sets a picker beside it."""

    def __init__(self, *, open_ended: bool = False) -> None:
        self.open_ended = open_ended
        words = {"data-date": "", "autocomplete": "off", "placeholder": "如 2026-10-09"}
        if open_ended:
            words["data-open-ended"] = LONG_TERM
        super().__init__(attrs=words)

    def format_value(self, value: Any) -> str | None:
        """One way of writing for whatever can be read; anything else as it was typed."""
        text: str | None = super().format_value(value)
        if not text:
            return text
        read = DateReader(open_ended=self.open_ended).read(text, []) or text
        return LONG_TERM if self.open_ended and read == NO_END.isoformat() else read


class CategoryBoxes(forms.MultiWidget):
    """Tick-boxes for 处罚类别 and a line for the text of 其他; read and written as the national field has it:
    罚款；没收违法所得；其他-责令限期改正. Wordings that are not on today's list stay, ticked, at the end."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        words = {
            "aria-label": "“其他”的具体内容",
            "placeholder": "选“其他”的在此写明，如：责令限期改正",
        }
        super().__init__(
            widgets={"": forms.CheckboxSelectMultiple(), "other": forms.TextInput(attrs=words)},
            attrs=attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        """罚款;其他-责令限期改正 → [[罚款, 其他], 责令限期改正]."""
        parts = understood(str(value or "")).parts
        ticked = [OTHER_WORD if OTHER.match(part) else part for part in parts]
        rest = next((part for part in parts if OTHER.match(part)), "")
        return [ticked, OTHER.sub("", rest, count=1).strip("-—－:：()（） ")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        ticked = self.decompress(value)[0]
        unlisted = [part for part in ticked if part not in PENALTY_CATEGORIES]
        boxes = self.widgets[0]
        assert isinstance(boxes, forms.CheckboxSelectMultiple)  # noqa: S101 - narrows for mypy
        boxes.choices = [(word, word) for word in (*PENALTY_CATEGORIES, *unlisted)]
        return super().get_context(name, value, attrs)

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        ticked = [word for word in _given(data, name) if word]
        text = str(data.get(f"{name}{OTHER_NAME}") or "").strip()
        parts = [word for word in ticked if word != OTHER_WORD]
        if text or OTHER_WORD in ticked:
            parts.append(f"{OTHER_WORD}-{text}" if text else OTHER_WORD)
        return "；".join(parts)

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> bool:
        return False  # nothing ticked is an answer

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first box, where the list of errors leads."""
        return f"{id_}_0_0" if id_ else ""


def _given(data: Any, name: str) -> list[str]:
    if hasattr(data, "getlist"):
        return list(data.getlist(name))
    value = data.get(name) or []
    return [value] if isinstance(value, str) else list(value)


def yuan(text: Any) -> str:
    """3.2 (万元) → 32,000 元; nothing for what is no amount."""
    read = AmountReader().read(str(text or ""), [])
    return f"{(Decimal(read) * TEN_THOUSAND).normalize():,f} 元" if read else ""
