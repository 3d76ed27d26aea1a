"""Shape and format of what a clerk types; the rules of law stay in the intake rules."""

from __future__ import annotations

from typing import Any

from django import forms

from credit_portal.accounts.models import Department
from credit_portal.accounts.querysets import DepartmentQuerySet

from .fields import Field, fields_for

MAX_UPLOAD = 20 * 1024 * 1024  # bytes
LONG_TEXT = 500  # characters from which a field is a text area


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


class ReasonForm(forms.Form):
    """One sentence that says why. The service refuses an empty one in its own words."""

    reason = forms.CharField(label="原因", max_length=500, required=False)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or self.fields["reason"].label


class ReturnForm(forms.Form):
    """Why decisions go back to the clerk; the usual phrases can be picked and then changed."""

    reason = forms.CharField(
        label="退回意见",
        max_length=500,
        required=False,
        help_text="可从常用语中选择后修改，录入员会看到这段话。",
        widget=forms.TextInput(attrs={"list": "return-phrases", "autocomplete": "off"}),
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
        max_length=300,
        required=False,
        help_text="所选信息已过公示期限时必填，记入流转记录；期限内的不用填。",
    )


class DecisionForm(forms.Form):
    """Every national field of one kind as text; the intake rules read and judge it like a row."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in fields_for(kind):
            self.fields[field.name] = form_field(field)


def form_field(field: Field) -> forms.Field:
    """A text field for every kind of value: the cleaning of rows accepts what clerks type."""
    choices = getattr(field, "choices", None)
    if choices:
        return forms.ChoiceField(
            label=field.label,
            required=False,
            choices=[("", "请选择"), *((choice, choice) for choice in choices)],
        )
    widget = forms.Textarea(attrs={"rows": 3}) if (field.max_length or 0) >= LONG_TEXT else None
    return forms.CharField(label=field.label, required=False, widget=widget or forms.TextInput())
