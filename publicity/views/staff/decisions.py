"""The desk's list of decisions, one decision, and the steps on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import ListView, TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal
from credit_portal.outbox.selectors import attempts_of
from credit_portal.regulations.calendar import load_calendar
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import SafePaginator

from ... import services
from ...fields import fields_for
from ...filters import DecisionFilter
from ...models import DECISION_MODELS, Decision, Publication
from ...selectors.clocks import clock
from ...services import BulkResult

KIND_WORDS = {"permit": "行政许可", "penalty": "行政处罚"}
RETURN_PHRASES = (
    "违法事实表述不完整，请补充。",
    "处罚依据引用的条款有误，请核对。",
    "金额与决定书不一致，请核对单位是否为万元。",
    "决定书文号与原件不一致，请核对。",
    "内容涉及个人信息，请删除后重新提交。",
)


class DecisionPage(StaffView):
    """A view whose address names permits or penalties."""

    permission = Permission.DECISION_VIEW

    @property
    def kind(self) -> str:
        kind = str(self.kwargs["kind"])
        if kind not in DECISION_MODELS:
            raise Http404
        return kind

    def decision(self) -> Decision:
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class DecisionListView(DecisionPage, ListView[Decision]):
    """Filters, the table, and the steps on the ticked rows."""

    template_name = "staff/publicity/decision_list.html"
    paginate_by = 20
    paginator_class = SafePaginator

    def get_queryset(self) -> Any:
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user)
        self.filter = DecisionFilter(self.request.GET, queryset=rows)
        found = self.filter.qs if self.filter.is_valid() else rows
        return found.by_urgency() if self.request.GET.get("sort") == "deadline" else found.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        calendar = load_calendar()
        rows = [(row, clock(row, calendar=calendar)) for row in context["page_obj"]]
        can = {
            step.action: policy.may(self.user, step.permission) for step in STEPS.values()
        }
        return context | {
            "kind": self.kind,
            "kind_word": KIND_WORDS[self.kind],
            "rows": rows,
            "filter": self.filter,
            "can": can,
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT),
            "phrases": RETURN_PHRASES,
        }


class DecisionDetailView(DecisionPage, TemplateView):
    """Every field, the explained deadline, delivery, and who did what."""

    template_name = "staff/publicity/decision_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision()
        publication = (
            Publication.objects.current()
            .filter(reference=decision.reference)
            .select_related("message")
            .first()
        )
        message = publication.message if publication else None
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "kind_word": KIND_WORDS[self.kind],
            "decision": decision,
            "fields": [(field, getattr(decision, field.name)) for field in fields_for(self.kind)],
            "clock": clock(decision),
            "publication": publication,
            "message": message,
            "attempts": attempts_of(message) if message else [],
            "timeline": timeline(decision),
            "can": {
                step.action: policy.may(self.user, step.permission, decision.department)
                for step in STEPS.values()
            },
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT, decision.department),
            "can_publish": policy.may(self.user, Permission.DECISION_PUBLISH, decision.department),
            "phrases": RETURN_PHRASES,
        }


class Step:
    """One way to move the ticked rows: its permission, its service, its words."""

    def __init__(self, action: str, permission: Permission, done: str) -> None:
        self.action = action
        self.permission = permission
        self.done = done

    def run(self, view: DecisionStepView, ids: list[int]) -> BulkResult:
        text = view.request.POST.get("reason", "").strip()
        keywords: dict[str, Any] = {"kind": view.kind, "ids": ids, "by": view.user}
        if self.action == "submit":
            return services.submit(**keywords)
        if self.action == "approve":
            return services.approve(**keywords, late_reason=view.request.POST.get("late_reason", ""))
        if self.action == "return":
            return services.return_to_clerk(**keywords, reason=text)
        return services.publish(**keywords)


STEPS = {
    step.action: step
    for step in (
        Step("submit", Permission.DECISION_EDIT, "已提交审核 {} 条。"),
        Step("approve", Permission.DECISION_REVIEW, "已审核通过 {} 条，等待单位负责人公示。"),
        Step("return", Permission.DECISION_REVIEW, "已退回 {} 条。"),
        Step("publish", Permission.DECISION_PUBLISH, "已公示 {} 条，正在报送市平台。"),
    )
}


class DecisionStepView(DecisionPage):
    """POST only: `action`, `ids`, and `reason` or `late_reason` where the step needs them."""

    http_method_names: ClassVar[list[str]] = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = STEPS.get(request.POST.get("action", ""))
        if step is None:
            raise Http404
        policy.require(self.user, step.permission)
        try:
            result = step.run(self, self.chosen(request, step))
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            self.report(result, step)
        return self.back()

    def chosen(self, request: HttpRequest, step: Step) -> list[int]:
        """The ticked rows, or with `all=1` every row of the present filter in the state at hand."""
        if request.POST.get("all") == "1":
            state = {"submit": ["draft", "returned"], "publish": ["approved"]}.get(
                step.action, ["in_review"]
            )
            rows = DECISION_MODELS[self.kind].objects.actionable_by(self.user, step.permission)
            chosen = DecisionFilter(request.GET, queryset=rows.filter(state__in=state))
            return list(chosen.qs.values_list("pk", flat=True))
        return [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal()]

    def report(self, result: BulkResult, step: Step) -> None:
        if result.done:
            messages.success(self.request, step.done.format(result.done))
        for row, sentence in result.refused[:20]:
            messages.warning(self.request, f"{row}：{sentence}")
        if len(result.refused) > 20:
            messages.warning(self.request, f"另有 {len(result.refused) - 20} 条未办理，原因相同或类似。")

    def back(self) -> HttpResponseRedirect:
        if detail := self.request.POST.get("detail", ""):
            if detail.isdecimal():
                return HttpResponseRedirect(
                    reverse("staff:publicity:decision_detail", args=[self.kind, int(detail)])
                )
        query = self.request.GET.urlencode()
        address = reverse("staff:publicity:decision_list", args=[self.kind])
        return HttpResponseRedirect(f"{address}?{query}" if query else address)


class DecisionReviseView(DecisionPage):
    """POST only: open a new version of a public decision for correction."""

    permission = Permission.DECISION_EDIT
    http_method_names: ClassVar[list[str]] = ["post"]

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
    """POST only: take a public decision down, with the reason."""

    permission = Permission.DECISION_PUBLISH
    http_method_names: ClassVar[list[str]] = ["post"]

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
