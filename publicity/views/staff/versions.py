"""A public decision gets a new version or is taken down. POST only; a missing reason is asked for at its field."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...forms import ReasonForm
from ...models import Decision
from .detail import DecisionDetailView


class VersionStepView(DecisionDetailView):
    """Answers a refusal with the page of the decision, the reason as it was typed."""

    http_method_names: Any = ["post"]
    step = ""
    label = ""

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            return self.take(decision, request.POST.get("reason", ""))
        except Refusal as refusal:
            return self.ask_again(decision, refusal.user_message)

    def ask_again(self, decision: Decision, sentence: str) -> HttpResponse:
        if decision.state != Decision.State.PUBLISHED:  # then there is no field to stand at
            messages.error(self.request, sentence)
            return self.back()
        form = ReasonForm(self.request.POST, auto_id=f"{self.step}_%s", label=self.label)
        form.add_error("reason", sentence)
        form.fields["reason"].widget.attrs["autofocus"] = True
        return self.render_to_response(self.get_context_data(**{f"{self.step}_form": form}))


class DecisionReviseView(VersionStepView):
    """Open a new version of a public decision for correction."""

    permission = Permission.DECISION_EDIT
    step, label = "revise", "更正原因"

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        services.revise(kind=self.kind, pk=decision.pk, by=self.user, reason=reason)
        messages.success(self.request, "已建立更正版本。原公示内容在新版本公示前保持不变。")
        return redirect("staff:publicity:decision_edit", self.kind, decision.pk)


class DecisionWithdrawView(VersionStepView):
    """Take a public decision down, with the reason."""

    permission = Permission.DECISION_PUBLISH
    step, label = "withdraw", "撤下原因"

    def take(self, decision: Decision, reason: str) -> HttpResponse:
        services.withdraw(kind=self.kind, pk=decision.pk, by=self.user, reason=reason)
        messages.success(self.request, "已撤下，公开页面即时停止展示，并已通知市平台。")
        return self.back()
