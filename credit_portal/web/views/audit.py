"""The audit administrator's page. It stands here because the trail itself lies below the gates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.views.generic import ListView

from credit_portal.accounts.roles import Permission
from credit_portal.audit import presenters
from credit_portal.audit.models import AuditEvent
from credit_portal.web.forms import PortalForm
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage


class AuditFilterForm(PortalForm):
    action = forms.ChoiceField(label="动作", required=False)
    actor = forms.CharField(label="操作人", required=False, max_length=50)
    text = forms.CharField(label="对象", required=False, max_length=100)
    since = forms.DateField(
        label="起始日期", required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label="截止日期", required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = sorted(presenters.ACTIONS.items(), key=lambda pair: pair[1])
        self.fields["action"] = forms.ChoiceField(
            label="动作", required=False, choices=[("", "全部"), *words]
        )

    def conditions(self) -> dict[str, Any]:
        """Only what is valid; a wrong field is said beside it and narrows nothing."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        fields = {"action": "action", "actor": "actor_name", "text": "subject_label__contains"}
        found = {fields[name]: value for name, value in given.items() if name in fields}
        if since := given.get("since"):
            found["at__date__gte"] = since
        if until := given.get("until"):
            found["at__date__lt"] = until + dt.timedelta(days=1)
        return found


class AuditListView(NearestPage, StaffView, ListView[AuditEvent]):
    permission = Permission.AUDIT_READ
    template_name = "staff/audit/list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        self.form = AuditFilterForm(self.request.GET)
        return AuditEvent.objects.filter(**self.form.conditions()).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [(event, presenters.words_for(event.action)) for event in context["object_list"]]
        return context | {"form": self.form, "rows": rows}
