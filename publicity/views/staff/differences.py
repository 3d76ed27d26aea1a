"""Records about which the platform and we disagree, and what is done about each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView, ListView

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal
from credit_portal.outbox import services as outbox
from credit_portal.outbox.models import Comparison, Difference
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from ...forms import DifferenceNoteForm
from ...list_filters import DifferenceFilter, shown_filters
from ...selectors.deliveries import difference_counts, difference_lines
from .presenters import crumbs

State = Difference.State


class DifferenceListView(NearestPage, StaffView, ListView[Difference]):
    """Differences of the person's departments by what became of them; the open ones first of all."""

    permission = Permission.DELIVERY_VIEW
    template_name = "staff/publicity/difference_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        state = self.request.GET.get("state", "open")
        self.state = state if state in State.values else "open"
        rows = Difference.objects.visible_to(self.user).for_table().filter(state=self.state)
        self.filter = DifferenceFilter(self.request.GET, queryset=rows, request=self.request)
        return self.filter.qs if self.filter.is_valid() else rows.none()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            **shown_filters(self.filter),
            "state": self.state,
            "kept": [{"name": "state", "value": self.state}],
            "reset_url": f"?state={self.state}",
            "lines": difference_lines(context["page_obj"]),
            "last": Comparison.objects.first(),
            "tabs": [
                {
                    "label": row.label,
                    "url": f"?state={row.state}",
                    "count": row.count,
                    "active": row.state == self.state,
                }
                for row in difference_counts(self.user)
            ],
        }


class DifferencePage(StaffView):
    permission = Permission.DELIVERY_VIEW

    def difference(self) -> Difference:
        rows = Difference.objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class DifferenceDetailView(DifferencePage, FormView[DifferenceNoteForm]):
    """Both sides of one record. POST closes it with a note."""

    form_class = DifferenceNoteForm
    template_name = "staff/publicity/difference_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.difference()
        (line,) = difference_lines([found])
        return super().get_context_data(**kwargs) | {
            "crumbs": crumbs(
                ("对账差异", reverse("staff:publicity:difference_list")), (line.title, "")
            ),
            "line": line,
            "can_act": found.state == State.OPEN and outbox.may_settle(found, self.user),
            "can_repair": outbox.may_repair(found),
            "entries": timeline(found),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not outbox.may_settle(self.difference(), self.user):
            raise NotAllowed
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: DifferenceNoteForm) -> HttpResponse:
        found = self.difference()
        try:
            outbox.explain(difference=found, by=self.user, note=form.cleaned_data["note"])
        except Refusal as refusal:
            messages.error(self.request, refusal.user_message)
        else:
            messages.success(self.request, "已登记说明。情况不变时，以后对账不再提示这条差异。")
        return redirect("staff:publicity:difference_detail", found.pk)


class DifferenceRepairView(DifferencePage):
    """POST only: send our version of the record anew."""

    permission = Permission.DELIVERY_REPLAY
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.difference()
        try:
            outbox.repair(difference=found, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已重新排队报送，下一次对账时核对结果。")
        return redirect("staff:publicity:difference_detail", found.pk)
