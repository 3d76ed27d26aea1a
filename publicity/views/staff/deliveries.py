"""What went to the municipal platform, what came back, and sending again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import ListView, TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from credit_portal.outbox import services as outbox
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.selectors import pause
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from ...list_filters import DELIVERY_ORDERS, DeliveryFilter, ordered, shown_filters
from ...selectors.deliveries import delivery_lines, receiver_rules, state_counts

WORDS = {
    "rejected": "市平台没有收下的信息。请按退回原因更正，更正版本公示后会重新报送。",
    "held": "按市平台接收规则核对，预计会被退回，因此没有发送。更正版本公示后自动报送；确信会收下的，可仍要报送。",
    "dead": "多次尝试仍未送达的信息。请确认市平台恢复后重新报送。",
    "pending": "正在排队或等待重试的信息，系统会自动报送，无需操作。",
    "handed": "已写入前置库或已生成手工报送包，等待市平台答复；未答复前不算送达。",
    "accepted": "市平台已收下并给出回执的信息。",
    "superseded": "尚未送达即由更正版本代替、不再报送的信息。",
}


class DeliveryListView(NearestPage, StaffView, ListView[OutboxMessage]):
    """Messages of the person's departments by state; the refused ones first of all."""

    permission = Permission.DELIVERY_VIEW
    template_name = "staff/publicity/delivery_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        state = self.request.GET.get("state", "rejected")
        self.state = state if state in OutboxMessage.State.values else "rejected"
        rows = OutboxMessage.objects.visible_to(self.user).for_table().filter(state=self.state)
        self.filter = DeliveryFilter(self.request.GET, queryset=rows, request=self.request)
        found = self.filter.qs if self.filter.is_valid() else rows.none()
        return ordered(found, DELIVERY_ORDERS, self.request.GET.get("sort", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = state_counts(self.user)
        return context | {
            **shown_filters(self.filter),
            "state": self.state,
            "kept": [{"name": "state", "value": self.state}],
            "reset_url": f"?state={self.state}",
            "words": WORDS[self.state],
            "lines": delivery_lines(context["page_obj"]),
            "rest": pause(timezone.now()),
            "replayable": self.state in ("rejected", "held", "dead"),
            "can_replay": policy.may(self.user, Permission.DELIVERY_REPLAY),
            "tabs": [
                {
                    "label": row.label,
                    "url": f"?state={row.state}",
                    "count": row.count,
                    "active": row.state == self.state,
                }
                for row in counts
            ],
        }


class ReceiverRulesView(StaffView, TemplateView):
    """The platform's codes of refusal, and which of them are looked at before sending."""

    permission = Permission.DELIVERY_VIEW
    template_name = "staff/publicity/receiver_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"book": receiver_rules(timezone.localdate())}


class DeliveryReplayView(StaffView):
    """POST only: send a refused or given-up message again, unchanged."""

    permission = Permission.DELIVERY_REPLAY
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = OutboxMessage.objects.visible_to(self.user)
        message = get_object_or_404(rows, pk=kwargs["pk"])
        try:
            outbox.replay(message=message, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已重新排队报送，结果稍后显示。")
        kind, pk = message.stream.split(":")
        return redirect("staff:publicity:decision_detail", kind, int(pk))
