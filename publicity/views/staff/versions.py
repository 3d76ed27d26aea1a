"""Steps that take a reason: correction, re-publication, the head's return, the end of a draft. POST only.

A missing reason is asked for at its field.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...exceptions import EditConflict
from ...forms import ReasonForm, ReturnForm
from ...models import Decision
from .detail import DecisionDetailView
from .steps import read_revision


class VersionStepView(DecisionDetailView):
    """Answers a refusal with the page of the decision, the reason as it was typed."""

    http_method_names: Any = ["post"]
    step = ""
    label = ""
    starts_from: tuple[str, ...] = ()  # the states in which the page has the field of the reason

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            return self.take(decision, request.POST.get("reason", ""))
        except EditConflict as conflict:
            messages.error(request, conflict.user_message)
            return self.back()
        except Refusal as refusal:
            return self.ask_again(decision, refusal.user_message)

    def form(self) -> ReasonForm | ReturnForm:
        return ReasonForm(self.request.POST, auto_id=f"{self.step}_%s", label=self.label)

    def ask_again(self, decision: Decision, sentence: str) -> HttpResponse:
        if decision.state not in self.starts_from:  # then there is no field to stand at
            messages.error(self.request, sentence)
            return self.back()
        form = self.form()
        form.add_error("reason", sentence)
        form.fields["reason"].widget.attrs["autofocus"] = True
        return self.render_to_response(self.get_context_data(**{f"{self.step}_form": form}))


class DecisionReviseView(VersionStepView):
    """Open a new version of a public decision for correction."""

    permission = Permission.DECISION_EDIT
    step, label, starts_from = "revise", "更正原因", (Decision.State.PUBLISHED,)

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        services.revise(kind=self.kind, pk=decision.pk, by=self.user, reason=reason)
        messages.success(self.request, "已建立更正版本。原公示内容在新版本公示前保持不变。")
        return redirect("staff:publicity:decision_edit", self.kind, decision.pk)


class DecisionReopenView(VersionStepView):
    """Open a new version of a withdrawn decision, which is public again after review and publication."""

    permission = Permission.DECISION_EDIT
    step, label, starts_from = "reopen", "重新公示原因", (Decision.State.WITHDRAWN,)

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        services.reopen(kind=self.kind, pk=decision.pk, by=self.user, reason=reason)
        messages.success(
            self.request, "已建立重新公示的版本。核对内容后提交审核，公示前公众仍看不到。"
        )
        return self.back()


class DecisionSendBackView(VersionStepView):
    """The head gives an approved decision back to the clerk."""

    permission = Permission.DECISION_PUBLISH
    step, starts_from = "send_back", (Decision.State.APPROVED,)

    def form(self) -> ReturnForm:
        return ReturnForm(self.request.POST, auto_id="send_back_%s")

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        read = read_revision(self.request)
        services.send_back(kind=self.kind, pk=decision.pk, by=self.user, reason=reason, read=read)
        messages.success(self.request, "已退回录入员修改，录入员和审核员会收到通知。")
        return self.back("?after=publish")


class DecisionDeleteView(VersionStepView):
    """Remove a draft; one that is late or was sent back with a reason."""

    permission = Permission.DECISION_EDIT
    step, label, starts_from = "delete", "删除原因", Decision.EDITABLE

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        services.delete_draft(kind=self.kind, pk=decision.pk, by=self.user, reason=reason)
        messages.success(self.request, "草稿已删除。")
        return redirect("staff:publicity:decision_list", self.kind)
