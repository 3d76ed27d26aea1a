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
        label="信息种类", choices=[("penalty", "行政处罚"), ("permit", "行政许可")], initial="penalty"
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
