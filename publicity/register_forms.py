"""What is typed about series, missing numbers, cases and spot checks; the services judge it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from credit_portal.web.forms import PortalForm

from .models.register import KINDS
from .numbering import LONGEST_PATTERN, PatternRefused, read_pattern


class SeriesForm(PortalForm):
    """A numbering series as its department describes it."""

    kind = forms.ChoiceField(label="种类", choices=list(reversed(KINDS)))
    pattern = forms.CharField(
        label="文号样式",
        max_length=LONGEST_PATTERN,
        help_text="照决定书上的写法，用 {year} 表示年份，{n} 表示序号；序号补零到三位的写 {n:3}。",
        widget=forms.TextInput(
            attrs={"placeholder": "（淮）应急罚〔{year}〕{n}号", "autocomplete": "off"}
        ),
    )
    first_number = forms.IntegerField(
        label="每年起始序号", initial=1, min_value=1, max_value=999_999
    )
    from_year = forms.IntegerField(
        label="启用年份", min_value=2000, max_value=2099, help_text="从这一年起核对缺号。"
    )
    until_year = forms.IntegerField(
        label="停用年份",
        min_value=2000,
        max_value=2099,
        required=False,
        help_text="仍在使用的不填。",
    )

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_year"].initial = timezone.localdate().year
        if fixed:
            del self.fields["kind"]

    def clean_pattern(self) -> str:
        text: str = self.cleaned_data["pattern"]
        try:
            return read_pattern(text).text
        except PatternRefused as refusal:
            raise forms.ValidationError(refusal.user_message) from refusal
