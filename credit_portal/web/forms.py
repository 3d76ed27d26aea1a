"""Forms as the components draw them, and errors as readers of screens hear them."""

from __future__ import annotations

from typing import Any

from django import forms

from credit_portal.exceptions import Refusal


class PortalForm(forms.Form):
    """No colon behind labels, our own wording for empty fields. Errors: templates/components/error_summary.html."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        name_empty_fields(self)

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what a service refused at the field it speaks of, above the fields when it speaks of none of them."""
        self.add_error(
            refusal.field if refusal.field in self.fields else None, refusal.user_message
        )


def name_empty_fields(form: forms.BaseForm) -> None:
    for name, field in form.fields.items():
        verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
        field.error_messages["required"] = f"请{verb}{field.label or name}。"


class VisitorFilterForm(forms.Form):
    """The filters of a public list: the same for every visitor until something is filled in."""
