"""Shape and format of what a clerk types; the rules of law stay in the intake rules."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from credit_portal.accounts.models import Department
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.web.forms import PortalForm

from .fields import (
    PARTY_CATEGORIES,
    PERMIT_CATEGORIES,
    PERMIT_STATUSES,
    Field,
    FieldKind,
    fields_for,
)
from .filters import DAY_FORMATS, DayInput
from .intake.check import ENDS
from .widgets import CategoryBoxes, TypedDate, yuan

MAX_UPLOAD = 20 * 1024 * 1024  # bytes
LONG_TEXT = 500  # characters from which a field is a text area


OTHER_NUMBERS = "其他登记号码"
# First field of each group → its legend.
GROUPS = {
    "party_name": "行政相对人",
    "registration_number": OTHER_NUMBERS,
    "legal_representative": "法定代表人、自然人的证件",
}
GROUPS_OF = {
    "penalty": GROUPS | {"document_number": "处罚决定", "authority_name": "机关和来源"},
    "permit": GROUPS | {"document_title": "许可决定", "authority_name": "机关和来源"},
}


class AsOfForm(PortalForm):
    """A day of the past, or today."""

    on = forms.DateField(
        label="日期",
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        help_text="查看这一天公开页面上的内容。",
        error_messages={
            "required": "请填写日期。",
            "invalid": "没有这一天，请按 2026-09-27 的样子填写。",
        },
    )

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("这一天还没有到，请填写今天或以前的日期。")
        return day


class UploadForm(forms.Form):
    """A workbook and what it holds."""

    kind = forms.ChoiceField(
        label="信息种类",
        choices=[("penalty", "行政处罚"), ("permit", "行政许可")],
        initial="penalty",
    )
    department = forms.ModelChoiceField(
        label="填报单位", queryset=Department.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label="表格文件",
        help_text="支持 .xlsx 格式，不超过 20 MB。请使用官方模板，列的顺序可以不同。",
        error_messages={
            "required": "请选择要上传的表格文件。",
            "empty": "文件是空的，请重新选择填好的表格。",
            "missing": "请选择要上传的表格文件。",
        },
    )

    def __init__(self, *args: Any, departments: DepartmentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for mypy
        field.queryset = departments
        field.initial = departments.first()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError("文件超过 20 MB，请按月或按单位拆分后分别上传。")
        return file


class AnswerSheetForm(forms.Form):
    """The platform's answers to a package that was carried by hand."""

    file = forms.FileField(
        label="平台答复表",
        help_text="支持 .xlsx 格式，须保留“报送编号”一列。",
        error_messages={
            "required": "请选择平台答复表。",
            "empty": "文件是空的，请重新选择。",
            "missing": "请选择平台答复表。",
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError("文件超过 20 MB，请分成几个文件登记。")
        return file


class DifferenceNoteForm(forms.Form):
    """What asking the platform about a difference came to."""

    note = forms.CharField(
        label="核对结果",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明核对结果。"},
    )


class ReasonForm(forms.Form):
    """One sentence that says why. The service refuses an empty or too long one in its own words."""

    reason = forms.CharField(
        label="原因", required=False, widget=forms.Textarea(attrs={"maxlength": 500, "rows": 3})
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or self.fields["reason"].label


class ReturnForm(forms.Form):
    """Why decisions go back to the clerk; the usual phrases can be picked and then changed."""

    reason = forms.CharField(
        label="退回意见",
        required=False,
        help_text="录入员会看到这段话。",
        widget=forms.Textarea(attrs={"maxlength": 500, "rows": 3}),
    )
    phrases = (
        "违法事实表述不完整，请补充。",
        "处罚依据引用的条款有误，请核对。",
        "金额与决定书不一致，请核对单位是否为万元。",
        "决定书文号与原件不一致，请核对。",
        "内容涉及个人信息，请删除后重新提交。",
    )


class LateReasonForm(forms.Form):
    """Why a decision is published after its seven working days."""

    late_reason = forms.CharField(
        label="迟报原因",
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 300}),
        help_text="已过最迟公示日的信息必填，记入流转记录；没有超过的不用填。",
    )


class Judged(forms.CharField):
    """Marked as required, yet judged by the intake rules, so that all problems come back at once."""

    def validate(self, value: Any) -> None:
        pass


@dataclass(frozen=True)
class Place:
    """A field and how it stands on the page."""

    field: forms.BoundField
    wide: bool
    code: bool
    amount: bool = False
    firm: bool = False  # its code brings the firm's name and head
    answer: str = ""  # id of the place for what the rules say of it

    @property
    def yuan(self) -> str:
        """An amount in 万元 said in 元, so that a wrong unit is seen."""
        return yuan(self.field.value()) if self.amount else ""


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one legend; `folded` ones are rarely filled in and stay behind a summary."""

    legend: str
    places: list[Place]
    folded: bool

    @property
    def has_content(self) -> bool:
        return any(place.field.value() or place.field.errors for place in self.places)


# The code brings name, head and category while the form is open; without script they come when it is sent.
LOOKUP = {
    "hx-get": reverse_lazy("staff:publicity:firm_lookup"),
    "hx-trigger": "change, change from:#id_party_name",
    "hx-include": "#id_party_name, #id_party_category, #id_legal_representative",
    "hx-target": "#firm-answer",
}
FIRM_SEARCH = reverse_lazy("staff:publicity:firm_search")


class DecisionForm(PortalForm):
    """Every national field of one kind as text; the intake rules read and judge it like a row."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: str, timed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in fields_for(kind):
            self.fields[field.name] = form_field(field)
            if field.name == "decided_on" and timed:  # a correction has no clock
                self.fields["late_reason"] = late_reason_field()
        if not self.is_bound:
            self.fields["party_name"].widget.attrs["autofocus"] = True
        for field in fields_for(kind):
            if is_checked(field):
                self.fields[field.name].widget.attrs |= check_while_typing(kind, field.name)
        self.fields["party_code"].widget.attrs |= LOOKUP
        for name in ("party_name", "party_code"):
            self.fields[name].widget.attrs["data-firm-search"] = FIRM_SEARCH

    def ask_late_reason(self) -> None:
        """The decision is late already: its reason is no choice."""
        if "late_reason" in self.fields:
            self.fields["late_reason"].required = True

    def places(self) -> Iterator[Place]:
        for field in fields_for(self.kind):
            yield Place(
                self[field.name],
                wide=field.max_length >= LONG_TEXT or field.name == "penalty_category",
                code=field.kind is FieldKind.CODE,
                amount=field.kind is FieldKind.AMOUNT,
                firm=field.name == "party_code",
                answer=answer_of(field.name) if is_checked(field) else "",
            )
            if field.name == "decided_on" and "late_reason" in self.fields:
                yield Place(self["late_reason"], wide=False, code=False)

    def groups(self) -> list[FieldGroup]:
        """The fields in national order, cut where the subject of the questions changes."""
        places = list(self.places())
        names = [place.field.name for place in places]
        starts = GROUPS_OF[self.kind]
        cuts = [*(names.index(name) for name in starts), len(names)]
        return [
            FieldGroup(legend, places[begin:end], legend == OTHER_NUMBERS)
            for legend, (begin, end) in zip(starts.values(), pairwise(cuts), strict=True)
        ]


def is_checked(field: Field) -> bool:
    """Whether the rules speak when the box is left, and not only when the form is sent."""
    return field.kind in (FieldKind.DATE, FieldKind.AMOUNT) or field.name == "document_number"


def answer_of(name: str) -> str:
    return f"{name}-answer"


def check_while_typing(kind: str, name: str) -> dict[str, str]:
    return {
        "hx-post": reverse("staff:publicity:decision_check", args=[kind]),
        "hx-trigger": "change",
        "hx-vals": json.dumps({"field": name}),
        "hx-target": f"#{answer_of(name)}",
    }


def form_field(field: Field) -> forms.Field:
    """One field for every kind of value: the cleaning of rows accepts what clerks type."""
    if choices := choices_of(field):
        return Judged(
            label=field.plain,
            required=field.required,
            widget=forms.Select(choices=[("", "请选择"), *choices]),
        )
    return Judged(
        label=field.plain,
        required=field.required,
        help_text=HELP.get(field.name, ""),
        widget=widget_of(field),
    )


def late_reason_field() -> forms.Field:
    return Judged(
        label="迟报原因",
        required=False,
        max_length=300,
        help_text="已过最迟公示日的必填，审核时一并核对；没有超过的不用填。",
    )


HELP = {
    "party_name": "输入名称的两个字或代码的前六位，可从市场主体名录中选择。",
    "party_code": "18 位。填写后自动带出名称和法定代表人。自然人不填。",
    "representative_id_type": "如身份证。不公示。",
    "representative_id_number": "法定代表人本人的证件号码，不公示。",
    "person_id_type": "行政相对人是自然人的填写，如身份证。不公示。",
    "person_id_number": "行政相对人是自然人的填写，不公示。",
    "penalty_category": "可多选。",
    "remarks": "随信息一并公示，请勿填写内部情况和个人信息。",
    "permit_category": f"{'、'.join(PERMIT_CATEGORIES)}。选“其他”的要写明。",
    "valid_until": "长期有效的填“长期”。",
    "valid_to": "长期有效的填“长期”。",
    "decided_on": "最迟公示日以这一天为起算日，当日不计入，从下一个工作日数第 1 天。",
}


def choices_of(field: Field) -> list[tuple[str, str]]:
    if field.kind is FieldKind.PARTY:
        return [(name, name) for name in PARTY_CATEGORIES]
    return list(PERMIT_STATUSES.items()) if field.kind is FieldKind.STATUS else []


def widget_of(field: Field) -> forms.Widget:
    if field.name == "penalty_category":
        return CategoryBoxes()
    if field.kind is FieldKind.DATE:
        return TypedDate(open_ended=field.name in ENDS)
    if field.kind is FieldKind.CODE:
        return forms.TextInput(attrs={"data-uppercase": "", "autocomplete": "off"})
    if field.kind is FieldKind.AMOUNT:
        return forms.TextInput(attrs={"inputmode": "decimal", "data-wan": ""})
    return forms.Textarea(attrs={"rows": 3}) if field.max_length >= LONG_TEXT else forms.TextInput()


class SheetCodeForm(PortalForm):
    """The code on the sheet of a firm's report; as long as what the page shows again."""

    d = forms.CharField(
        label="校验码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="印在报告首页编号之下，16 位数字和字母，可以不输入横线。"
        "只有编号不能核对，请向出示报告的人查看校验码。",
    )
