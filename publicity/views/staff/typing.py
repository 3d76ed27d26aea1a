"""Answers of the entry form while it is typed: fragments that htmx puts below a box. Nothing is stored."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView

from ... import services
from ...forms import DecisionForm
from ...selectors.firms import firm_of_code, firms_like
from .decisions import DecisionPage
from .presenters import beside_field, typed_values


class FirmLookupView(StaffView):
    """GET: the firm of a code, the empty fields that it fills, and what does not fit."""

    permission = Permission.DECISION_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("party_code", "").strip()
        firm = firm_of_code(code, request.GET.dict()) if code else None
        return render(request, "staff/publicity/_firm.html", {"firm": firm})


class FirmMatchesView(StaffView):
    """GET: firms to choose from for what stands in the box of the name."""

    permission = Permission.DECISION_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        matches = firms_like(request.GET.get("party_name", ""))
        return render(request, "staff/publicity/_firm_matches.html", {"matches": matches})


class FieldCheckView(DecisionPage):
    """POST: what the rules say of one field of the form as it stands. `field` names it."""

    permission = Permission.DECISION_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        form = DecisionForm(request.POST, kind=self.kind)
        form.is_valid()
        name = request.POST.get("field", "")
        values = typed_values(form)
        found = []
        if values.get(name):  # what is empty may still come
            row = services.judge_entry(kind=self.kind, values=values, by=self.user)
            found = [beside_field(one) for one in row.problems if one["field"] == name]
        return render(request, "staff/publicity/_field_check.html", {"sentences": found})
