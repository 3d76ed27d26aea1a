"""The steps on decisions: submit, approve, return, publish, correct, withdraw. All of them POST only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...filters import DecisionFilter
from ...models import DECISION_MODELS, Decision
from ...selectors.lines import STEPS
from ...services import BulkResult
from .decisions import DecisionPage
from .presenters import row_numbers

DONE = {
    "submit": "已提交审核 {} 条。",
    "approve": "已审核通过 {} 条，等待单位负责人公示。",
    "return": "已退回 {} 条。",
    "publish": "已公示 {} 条，正在报送市平台。",
}
NAMED = 3  # document numbers named with one reason


class DecisionStepView(DecisionPage):
    """POST: `action`, `ids` or `all=1`, and `reason` or `late_reason` where the step needs them.

    The query string is the filter of the list the person came from; `detail` in it leads back to one decision.
    """

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action", "")
        if action not in STEPS:
            raise Http404
        policy.require(self.user, STEPS[action][0])
        try:
            result = self.run(action, self.chosen(action))
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            self.report(result, action)
        return self.back()

    def run(self, action: str, ids: list[int]) -> BulkResult:
        given = self.request.POST
        if action == "submit":
            return services.submit(kind=self.kind, ids=ids, by=self.user)
        if action == "approve":
            late = given.get("late_reason", "").strip()
            return services.approve(kind=self.kind, ids=ids, by=self.user, late_reason=late)
        if action == "return":
            reason = given.get("reason", "").strip()
            return services.return_to_clerk(kind=self.kind, ids=ids, by=self.user, reason=reason)
        return services.publish(kind=self.kind, ids=ids, by=self.user)

    def chosen(self, action: str) -> list[int]:
        """The ticked rows, or with `all=1` every row of the present filter in the state at hand."""
        if self.request.POST.get("all") != "1":
            return row_numbers(self.request.POST.getlist("ids"))
        permission, states = STEPS[action]
        if action == "return":
            states = ("in_review",)  # what is approved is taken back one by one
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user)
        found = DecisionFilter(self.request.GET, queryset=rows, request=self.request)
        if not found.is_valid():
            return []
        acting = found.qs.actionable_by(self.user, permission).filter(state__in=states)
        return list(acting.values_list("pk", flat=True))

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

    def back(self) -> HttpResponseRedirect:
        query = self.request.GET
        if query.get("back") == "home":
            return HttpResponseRedirect(reverse("staff:home"))
        if row_numbers([detail := query.get("detail", "")]):
            return HttpResponseRedirect(
                reverse("staff:publicity:decision_detail", args=[self.kind, int(detail)])
            )
        address = reverse("staff:publicity:decision_list", args=[self.kind])
        return HttpResponseRedirect(f"{address}?{query.urlencode()}" if query else address)


class DecisionReviseView(DecisionPage):
    """Open a new version of a public decision for correction."""

    permission = Permission.DECISION_EDIT
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            services.revise(
                kind=self.kind, pk=decision.pk, by=self.user, reason=request.POST.get("reason", "")
            )
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
            return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
        messages.success(request, "已建立更正版本。原公示内容在新版本公示前保持不变。")
        return redirect("staff:publicity:decision_edit", self.kind, decision.pk)


class DecisionWithdrawView(DecisionPage):
    """Take a public decision down, with the reason."""

    permission = Permission.DECISION_PUBLISH
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            services.withdraw(
                kind=self.kind, pk=decision.pk, by=self.user, reason=request.POST.get("reason", "")
            )
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已撤下，公开页面即时停止展示，并已通知市平台。")
        return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
