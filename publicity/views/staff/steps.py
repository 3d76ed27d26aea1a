"""The steps on decisions: submit, approve, return, publish, take back. All of them POST only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...models import Decision
from ...selectors.lines import STEPS
from ...services import BulkResult
from ...services.acting import DONE
from .decisions import DecisionPage
from .presenters import row_numbers

NAMED = 3  # document numbers named with one reason


def read_revision(request: HttpRequest) -> int | None:
    """The revision that the person had before their eyes; what cannot be one is as if not sent."""
    revision = request.POST.get("revision", "")
    return int(revision) if revision.isdecimal() and len(revision) < 10 else None


class StepView(DecisionPage):
    """A page from which steps are taken."""

    @property
    def action(self) -> str:
        action = self.request.POST.get("action", "")
        if action not in STEPS:
            raise Http404
        policy.require(self.user, STEPS[action][0])
        return action

    def run(self, action: str, ids: list[int]) -> BulkResult:
        given = self.request.POST
        read = read_revision(self.request)
        late = given.get("late_reason", "").strip()
        if action == "submit":
            return services.submit(kind=self.kind, ids=ids, by=self.user, late_reason=late)
        if action == "approve":
            return services.approve(
                kind=self.kind, ids=ids, by=self.user, late_reason=late, read=read
            )
        if action == "return":
            reason = given.get("reason", "").strip()
            return services.return_to_clerk(kind=self.kind, ids=ids, by=self.user, reason=reason)
        return services.publish(kind=self.kind, ids=ids, by=self.user, read=read)

    def report(self, result: BulkResult, action: str) -> None:
        if result.done:
            messages.success(self.request, DONE[action].format(result.done))
        by_sentence: dict[str, list[Decision]] = {}
        for row, sentence in result.refused:
            by_sentence.setdefault(sentence, []).append(row)
        for sentence, rows in by_sentence.items():
            named = "、".join(row.document_number for row in rows[:NAMED])
            more = f"等 {len(rows)} 条" if len(rows) > NAMED else ""
            messages.warning(self.request, f"{named}{more}未办理：{sentence}")


class DecisionStepView(StepView):
    """POST from the desk: `action`, `ids`, and `reason` or `late_reason` where the step needs it.

    `back=home` in the query string leads to the desk. Steps on a list are asked about first (`bulk.py`), those on one
    decision are taken on its own page (`detail.py`).
    """

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = self.action
        try:
            result = self.run(action, row_numbers(request.POST.getlist("ids")))
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            self.report(result, action)
        if request.GET.get("back") == "home":
            return redirect("staff:home")
        return redirect("staff:publicity:decision_list", self.kind)


class DecisionTakeBackView(DecisionPage):
    """The submission is taken back by whoever made it, as long as nobody has reviewed it."""

    permission = Permission.DECISION_EDIT
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            services.take_back(kind=self.kind, pk=decision.pk, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已撤回，这条信息回到草稿，修改后可以重新提交审核。")
        return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
