"""Typing one decision: new, changed, deleted. Whatever is refused, nothing typed is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView

from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...exceptions import EditConflict, EntryRefused
from ...exchange import as_text
from ...fields import FieldKind, fields_for
from ...forms import DecisionForm
from ...models import Decision
from ...selectors.desk import KIND_WORDS
from .decisions import DecisionPage
from .presenters import crumbs


class DecisionFormPage(DecisionPage, FormView[DecisionForm]):
    permission = Permission.DECISION_EDIT
    form_class = DecisionForm
    template_name = "staff/publicity/decision_form.html"
    heading = ""
    conflict: list[tuple[str, str, str]] | None = None
    doubts: list[str] | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = reverse("staff:publicity:decision_list", args=[self.kind])
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "kind_word": KIND_WORDS[self.kind],
            "crumbs": crumbs((KIND_WORDS[self.kind], listed), (self.heading, "")),
            "cancel_url": listed,
            "decision": None,
            "conflict": self.conflict,
            "doubts": self.doubts,
        }

    def values(self, form: DecisionForm) -> dict[str, str]:
        """What was typed, dates written as the national table writes them."""
        return {
            field.name: typed.replace("-", "/") if field.kind is FieldKind.DATE else typed
            for field in fields_for(self.kind)
            for typed in [form.cleaned_data.get(field.name) or ""]
        }

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        raise NotImplementedError

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        try:
            decision = self.store(form, confirmed=self.request.POST.get("confirmed") == "1")
        except EntryRefused as refusal:
            self.show_problems(form, refusal)
        except EditConflict as refusal:
            form.add_error(None, refusal.user_message)
            self.show_conflict(form)
        except Refusal as refusal:
            form.add_error(None, refusal.user_message)
        else:
            messages.success(self.request, "已保存。核对无误后请提交审核。")
            return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
        return self.form_invalid(form)

    def show_problems(self, form: DecisionForm, refusal: EntryRefused) -> None:
        """Faults stand at their fields; doubts are listed once, to be confirmed as a whole."""
        for problem in refusal.row.problems:
            field = problem["field"] if problem["field"] in form.fields else None
            form.add_error(field, problem["sentence"])
        if refusal.row.verdict == "confirm":
            self.doubts = [problem["sentence"] for problem in refusal.row.problems]

    def show_conflict(self, form: DecisionForm) -> None:
        """Both texts of every field that differs; saving again then overwrites knowingly."""
        other = self.decision()
        typed = self.values(form)
        self.conflict = [
            (field.label, typed[field.name], as_text(getattr(other, field.name)))
            for field in fields_for(self.kind)
            if typed[field.name] != as_text(getattr(other, field.name))
        ]
        data = self.request.POST.copy()
        data["revision"] = str(other.revision)
        form.data = data


class DecisionCreateView(DecisionFormPage):
    heading = "新增"

    @property
    def own_department(self) -> Department:
        """Where the decision is filed: the first department in which the person may."""
        department = self.departments.first()
        assert department is not None  # noqa: S101 - the gate saw the permission
        return department

    def get_initial(self) -> dict[str, Any]:
        own = self.own_department
        return {
            "authority_name": own.name,
            "authority_code": own.uscc,
            "source_name": own.name,
            "source_code": own.uscc,
        }

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        return services.create_decision(
            kind=self.kind,
            values=self.values(form),
            department=self.own_department,
            by=self.user,
            confirmed=confirmed,
        )


class DecisionEditView(DecisionFormPage):
    heading = "修改"

    def get_initial(self) -> dict[str, Any]:
        decision = self.decision()
        shown = {
            field.name: as_text(getattr(decision, field.name)) for field in fields_for(self.kind)
        }
        return shown | {"revision": decision.revision}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision()
        back = reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])
        context = super().get_context_data(**kwargs)
        return context | {"decision": decision, "cancel_url": back}

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        return services.edit_decision(
            kind=self.kind,
            pk=self.decision().pk,
            values=self.values(form),
            revision=form.cleaned_data.get("revision") or 0,
            by=self.user,
            confirmed=confirmed,
        )


class DecisionDeleteView(DecisionPage):
    """POST only: remove a draft."""

    permission = Permission.DECISION_EDIT
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            services.delete_draft(kind=self.kind, pk=decision.pk, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
            return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
        messages.success(request, "草稿已删除。")
        return redirect("staff:publicity:decision_list", self.kind)
