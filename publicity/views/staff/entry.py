"""Typing one decision: new, changed, deleted. Whatever is refused, nothing typed is lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.desk.querysets import KEPT
from credit_portal.desk.views.drafts import KeepsDraft, clock, fill
from credit_portal.exceptions import Refusal

from ... import services
from ...exceptions import EditConflict, EntryRefused, TwinRefused
from ...fields import fields_for
from ...forms import DecisionForm
from ...intake.problems import WARN
from ...models import Decision
from ...selectors.desk import KIND_WORDS
from ...selectors.firms import FirmChoices, brought_by_code, firms_like
from ...selectors.last_entered import last_entered, reusable
from ...selectors.same_number import same_number
from ...selectors.unfinished import unfinished
from .conflicts import THEIRS, Conflict, choices, find_conflict
from .decisions import DecisionPage
from .entry_words import NOT_EDITABLE, STILL_KEPT, Outcome, doubts_of, hints_of, respelled
from .presenters import as_typed, beside_field, crumbs, leading_to, show, typed_values

FORM_KEY = re.compile(r"n[0-9a-f]{8}")


class DecisionFormPage(KeepsDraft, DecisionPage, FormView[DecisionForm]):
    permission = Permission.DECISION_EDIT
    form_class = DecisionForm
    template_name = "staff/publicity/decision_form.html"
    heading = ""
    untouched = ""  # what is said of the stored decision when a change of it is not finished
    doubts: list[str] | None = None
    doubted_record: dict[str, str] | None = None  # where the number stands already
    hints: list[str] | None = None
    outcome = Outcome()

    def draft_name(self) -> str:
        return f"publicity.{self.kind}"

    def after_drop(self, back: str) -> str:
        if back == "list":
            return reverse("staff:publicity:decision_list", args=[self.kind])
        return super().after_drop(back)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if {"find", "choose"} & request.POST.keys():
            return self.offer_firms(request.POST)
        return super().post(request, *args, **kwargs)

    def offer_firms(self, sent: QueryDict) -> HttpResponse:
        """Without script: the form as it was typed, with firms to choose from or the chosen one. Nothing is judged."""
        asked = {name: self.get_form_kwargs().get(name, True) for name in ("kind", "timed")}
        form = self.form_class(initial=self.get_initial(), **asked)
        fill(form, dict(sent.lists()))
        text = sent.get("party_name", "").strip() or sent.get("party_code", "").strip()
        firms: FirmChoices | None = firms_like(text)
        chosen = firms_like(sent.get("choose", "")).rows
        if chosen:
            form.initial.update(chosen[0].as_values())
            firms = None
        told = {"draft": None, "firms": firms, "firm_text": text}
        return self.render_to_response(self.get_context_data(form=form) | told)

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
            "doubts": self.doubts,
            "doubted_record": self.doubted_record,
            "still_sure": self.doubts == self.request.POST.getlist("doubted")
            and self.request.POST.get("confirmed") == "1",
            "hints": self.hints,
            "outcome": self.outcome,
        }

    def values(self, form: DecisionForm) -> dict[str, str]:
        """What was typed, dates in one spelling, and what the code brings."""
        typed = typed_values(form)
        if brought := brought_by_code(typed):
            show(form, brought)
        return typed | brought

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        raise NotImplementedError

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        try:
            decision = self.store(form, confirmed=self.stands_by(form))
        except EntryRefused as refusal:
            self.show_problems(form, refusal)
            self.keep_unfinished(form, refusal)
        except TwinRefused as refusal:
            self.lead_to_twin(form, refusal)
        except EditConflict:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.user_message)
        else:
            messages.success(
                self.request, f"已保存。{respelled(form, decision)}核对无误后请提交审核。"
            )
            return redirect(self.after(decision))
        return self.form_invalid(form)

    def stands_by(self, form: DecisionForm) -> bool:
        """Whether the person ticked what there is to doubt now. What came up since was not read yet."""
        if self.request.POST.get("confirmed") != "1":
            return False
        row = services.judge_entry(
            kind=self.kind, values=self.values(form), by=self.user, pk=self.kwargs.get("pk")
        )
        return set(doubts_of(row)) <= set(self.request.POST.getlist("doubted"))

    def keep_unfinished(self, form: DecisionForm, refusal: EntryRefused) -> None:
        """Whoever saves before everything is there finds it again on the desk. A form as it came is not kept."""
        if not form.has_changed():
            return
        count = sum(len(sentences) for sentences in form.errors.values())
        try:
            saved = clock(self.keep_typed())
        except Refusal as too_much:
            form.add_refusal(too_much)
            return
        wanted = "核实确认" if refusal.row.verdict == "confirm" else "补齐或更正"
        self.outcome = Outcome(
            title="已暂存，还没有成为草稿",
            lead=f"填写的内容已于 {saved} 暂存在待办的“没有填完的表单”中，仅本人可见，保留 {KEPT.days} 天。"
            f"{self.untouched}{wanted}以下 {count} 处后再点“保存草稿”，才能提交审核。",
            kept=True,
            link_url=f"{reverse('staff:home')}#unfinished",
            link_label="查看没有填完的表单",
        )

    def lead_to_twin(self, form: DecisionForm, refusal: TwinRefused) -> None:
        """To the row that is there already, for those who may see it; others are told who has it."""
        form.add_refusal(refusal)
        if self.draft():
            self.outcome = Outcome(title="没有另存一条信息", lead=STILL_KEPT)
        if refusal.twin is None:
            return
        if link := leading_to(refusal.twin, self.user):
            self.outcome = replace(self.outcome, **link)
        else:
            form.add_error(
                None, f"已有的信息由{refusal.twin.department.name}填报，请与该单位核对。"
            )

    def after(self, decision: Decision) -> str:
        """The answer page of what was saved."""
        return reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])

    def show_problems(self, form: DecisionForm, refusal: EntryRefused) -> None:
        """Faults stand at their fields; doubts are listed once, to be confirmed as a whole; hints hinder nothing."""
        found = refusal.row.problems
        faults = [problem for problem in found if problem["severity"] != WARN]
        for problem in faults:
            if problem["field"] in form.fields:
                form.add_error(problem["field"], beside_field(problem))
            else:
                form.add_error(None, problem["sentence"])
        if refusal.row.late:
            form.ask_late_reason()
        self.hints = hints_of(refusal.row)
        if number := refusal.row.values.get("document_number"):
            show(form, {"document_number": number})  # its brackets as they will be stored
        self.doubts = doubts_of(refusal.row)
        if any(problem["code"] == "number_used" for problem in found):
            pk = self.kwargs.get("pk")
            other = same_number(self.kind, refusal.row.values, besides=pk)
            self.doubted_record = leading_to(other, self.user)


class DecisionCreateView(DecisionFormPage):
    """A new decision. `form` in the address is the key under which what is typed is kept, so that several can be
    begun; `form=new` is another one."""

    heading = "新增"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copied = "&copy=last" if request.GET.get("copy") else ""
        if request.GET.get("form", "new" if copied else "") == "new":
            return redirect(f"{request.path}?form=n{secrets.token_hex(4)}{copied}")
        return super().get(request, *args, **kwargs)

    def draft_subject(self) -> str:
        key = self.request.GET.get("form", "")
        return key if FORM_KEY.fullmatch(key) else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        here = self.draft_subject()
        begun = [one for one in unfinished(self.user, self.kind) if not one.pk]
        others = len([one for one in begun if one.key != here])
        text = f"另有 {others} 份没有填完的{KIND_WORDS[self.kind]}表单，可继续填写或放弃。"
        fresh = not (context["form"].is_bound or context["draft"] or self.request.GET.get("copy"))
        return context | {
            "begun_text": text if others else "",
            "copied": "copy" in self.request.GET
            and not (context["form"].is_bound or context["draft"]),
            "copy_from": last_entered(self.user, self.kind) if fresh else None,
        }

    @property
    def own_department(self) -> Department:
        """Where the decision is filed: the first department in which the person may."""
        department = self.departments.first()
        assert department is not None  # noqa: S101 - the gate saw the permission
        return department

    def after(self, decision: Decision) -> str:
        """It offers to enter another one."""
        return f"{super().after(decision)}?after=entered"

    def get_initial(self) -> dict[str, Any]:
        own = self.own_department
        last = last_entered(self.user, self.kind) if self.request.GET.get("copy") else None
        copied = reusable(last) if last else {}
        return {
            "authority_name": own.name,
            "authority_code": own.uscc,
            "source_name": own.name,
            "source_code": own.uscc,
        } | {name: as_typed(value) for name, value in copied.items()}

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        return services.create_decision(
            kind=self.kind,
            values=self.values(form),
            department=self.own_department,
            by=self.user,
            confirmed=confirmed,
            late_reason=form.cleaned_data["late_reason"],
        )


class DecisionEditView(DecisionFormPage):
    """Changing a draft. When somebody saved it meanwhile, both texts are shown and each field is chosen."""

    heading = "修改"
    untouched = "已存的草稿没有变动。"
    conflict: Conflict | None = None

    def decision(self) -> Decision:
        """One that the person may change: better refused before typing than after."""
        decision = super().decision()
        self.require_in(decision.department)
        return decision

    def draft_subject(self) -> str:
        return str(self.kwargs["pk"])

    def draft_version(self) -> int:
        return self.decision().revision

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        if decision.state in decision.EDITABLE:
            return super().get(request, *args, **kwargs)
        messages.info(request, NOT_EDITABLE[decision.state])
        return redirect("staff:publicity:decision_detail", self.kind, decision.pk)

    def save_draft(self) -> HttpResponse:
        self.decision()  # of others nothing is kept
        return super().save_draft()

    def get_initial(self) -> dict[str, Any]:
        decision = self.decision()
        shown = {
            field.name: as_typed(getattr(decision, field.name)) for field in fields_for(self.kind)
        }
        return shown | {"revision": decision.revision, "late_reason": decision.late_reason}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"timed": self.decision().version == 1}

    def get_form(self, form_class: Any = None) -> DecisionForm:
        form: DecisionForm = super().get_form(form_class)
        if self.decision().deadline_on < timezone.localdate():
            form.ask_late_reason()
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision()
        back = reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])
        context = super().get_context_data(**kwargs)
        return context | {"decision": decision, "cancel_url": back, "conflict": self.conflict}

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except EditConflict as refusal:
            other = self.decision()
            self.conflict = find_conflict(
                other, super().values(form), self.request.POST, by=self.user
            )
            if not self.conflict.rows:
                messages.success(self.request, "已保存的内容与您填写的相同，无需再次保存。")
                return redirect("staff:publicity:decision_detail", self.kind, other.pk)
            form.add_error(None, refusal.user_message)
            show(form, {"revision": str(other.revision)})
        return self.form_invalid(form)

    def values(self, form: DecisionForm) -> dict[str, str]:
        """With the choices that were made between two texts; refused until each one is made."""
        typed = super().values(form)
        asked = [name for name in self.request.POST.getlist("conflict") if name in typed]
        if not asked:
            return typed
        chosen = choices(asked, self.request.POST)
        stored = self.decision()
        theirs = {n: as_typed(getattr(stored, n)) for n in asked if chosen[n] == THEIRS}
        if missing := [name for name in asked if not chosen[name]]:
            raise EditConflict(f"还有 {len(missing)} 个栏目没有选择采用哪一份，请逐项选择后保存。")
        show(form, theirs)
        return typed | theirs

    def store(self, form: DecisionForm, *, confirmed: bool) -> Decision:
        return services.edit_decision(
            kind=self.kind,
            pk=self.decision().pk,
            values=self.values(form),
            revision=form.cleaned_data.get("revision") or 0,
            by=self.user,
            confirmed=confirmed,
            late_reason=form.cleaned_data.get("late_reason"),
        )
