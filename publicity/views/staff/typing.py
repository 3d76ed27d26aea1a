"""Answers of the entry form while it is typed: fragments that htmx puts below a box. Nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView

from ... import services
from ...forms import DecisionForm
from ...selectors.firms import firm_of_code, firms_like
from ...selectors.same_number import same_number
from .decisions import DecisionPage
from .presenters import beside_field, leading_to, row_numbers, typed_values


class FirmLookupView(StaffView):
    """GET: the firm of a code, the empty fields that it fills, and what does not fit."""

    permission = Permission.DECISION_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("party_code", "").strip()
        firm = firm_of_code(code, request.GET.dict()) if code else None
        return render(request, "staff/publicity/_firm.html", {"firm": firm})


class FirmSearchView(StaffView):
    """GET: the firms whose name or code holds what was typed so far (`q`)."""

    permission = Permission.DECISION_EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        found = firms_like(request.GET.get("q", ""))
        return render(request, "staff/publicity/_firm_options.html", {"found": found})


class FieldCheckView(DecisionPage):
    """POST: what the rules say of one field of the form as it stands. `field` names it."""

    permission = Permission.DECISION_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        form = DecisionForm(request.POST, kind=self.kind)
        form.is_valid()
        name = request.POST.get("field", "")
        values = typed_values(form)
        answer: dict[str, Any] = {}
        if values.get(name):  # what is empty may still come
            answer = self.judged(name, values)
        return render(request, "staff/publicity/_field_check.html", answer)

    def judged(self, name: str, values: dict[str, str]) -> dict[str, Any]:
        changed = next(iter(row_numbers([self.request.POST.get("decision", "")])), None)
        row = services.judge_entry(kind=self.kind, values=values, by=self.user, pk=changed)
        found = [one for one in row.problems if one["field"] == name]
        notes = [one for one in row.cleaned if one["code"] == "number_brackets"]
        answer: dict[str, Any] = {
            "sentences": [beside_field(one) for one in found],
            "notes": [beside_field(one) for one in notes if one["field"] == name],
        }
        if "number_used" in (one["code"] for one in found):
            answer |= leading_to(same_number(self.kind, row.values, besides=changed), self.user)
        return answer
