"""What is typed about series, missing numbers, cases and spot checks; the services judge it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from credit_portal.accounts.models import Department
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.web.forms import PortalForm

from .filters import read_month
from .forms import MAX_UPLOAD
from .models import NumberAnswer, NumberSeries
from .models.register import KINDS
from .numbering import LONGEST_PATTERN, PatternRefused, read_pattern
from .register_querysets import NumberSeriesQuerySet


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


class AnswerForm(PortalForm):
    """Why the numbers of a stretch are missing. Which of them are, the service finds out."""

    series = forms.ModelChoiceField(
        label="文号规则", queryset=NumberSeries.objects.none(), empty_label=None
    )
    year = forms.IntegerField(label="年份", min_value=2000, max_value=2099)
    first = forms.IntegerField(label="从", min_value=1, max_value=9_999_999)
    last = forms.IntegerField(
        label="到", min_value=1, max_value=9_999_999, help_text="只说明一个的，填同一个序号。"
    )
    reason = forms.ChoiceField(
        label="情形", choices=NumberAnswer.Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        help_text="写明依据，如批准作废的时间和经办人。涉密的不写内容。",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )

    def __init__(self, *args: Any, series: NumberSeriesQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["series"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for mypy
        field.queryset = series


class GapFilterForm(forms.Form):
    """Which missing numbers a page shows; lives in the address."""

    kind = forms.ChoiceField(label="种类", required=False)
    year = forms.TypedChoiceField(label="文号年份", required=False, coerce=int, empty_value=None)
    month = forms.CharField(
        label="计入月份", required=False, widget=forms.TextInput(attrs={"type": "month"})
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, year = self.fields["kind"], self.fields["year"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - narrows for mypy
        assert isinstance(year, forms.ChoiceField)  # noqa: S101
        kind.choices = [("", "全部"), *reversed(KINDS)]
        year.choices = [("", "全部年份"), *((one, f"{one} 年") for one in years)]


class RegisterUploadForm(PortalForm):
    """A table of cases, as the law-enforcement system exports it."""

    kind = forms.ChoiceField(
        label="表中没有“种类”列时按",
        choices=[("", "表中有种类列"), *reversed(KINDS)],
        required=False,
    )
    file = forms.FileField(
        label="台账文件",
        help_text="支持 .xlsx 和 .csv 格式，列的顺序不限。",
        error_messages={"empty": "文件是空的，请重新选择导出的台账。"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError("文件超过 20 MB，请按月或按年拆分后分别上传。")
        return file


class CaseFilterForm(forms.Form):
    """Which cases a page shows; lives in the address."""

    q = forms.CharField(label="案件编号、当事人或文号含", required=False, max_length=100)
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *reversed(KINDS)])
    month = forms.CharField(
        label="决定月份", required=False, widget=forms.TextInput(attrs={"type": "month"})
    )


class SpotCheckForm(PortalForm):
    """Whose cases of which month are drawn, and how many."""

    department = forms.ModelChoiceField(
        label="被查单位", queryset=Department.objects.none(), empty_label="请选择"
    )
    month = forms.CharField(
        label="决定月份",
        widget=forms.TextInput(attrs={"type": "month"}),
        help_text="如 2026-10。",
    )
    size = forms.IntegerField(label="抽取件数", initial=20, min_value=1, max_value=500)

    def __init__(self, *args: Any, departments: DepartmentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for mypy
        field.queryset = departments

    def clean_month(self) -> dt.date:
        month = read_month(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError("月份无法识别，请写成 2026-10。")
        return month
