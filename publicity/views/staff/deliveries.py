"""What went to the municipal platform, what came back, and sending again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView

from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from credit_portal.outbox import services as outbox
from credit_portal.outbox.models import OutboxMessage
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import SafePaginator

from ...selectors.deliveries import state_counts


class DeliveryListView(StaffView, ListView[OutboxMessage]):
    """Messages of the person's departments by state; the refused ones first of all."""

    permission = Permission.DELIVERY_VIEW
    template_name = "staff/publicity/delivery_list.html"
    paginate_by = 20
    paginator_class = SafePaginator

    def get_queryset(self) -> Any:
        rows = OutboxMessage.objects.visible_to(self.user).for_table()
        state = self.request.GET.get("state", "rejected")
        self.state = state if state in OutboxMessage.State.values else "rejected"
        return rows.filter(state=self.state).select_related("publication")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "state": self.state,
            "tabs": state_counts(self.user),
        }


class DeliveryReplayView(StaffView):
    """POST only: send a refused or given-up message again, unchanged."""

    permission = Permission.DELIVERY_REPLAY
    http_method_names: ClassVar[list[str]] = ["post"]

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
