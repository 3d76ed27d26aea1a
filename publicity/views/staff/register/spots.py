"""Spot checks for concealment: drawn by the committee office, open to the department that was checked."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import FormView, TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import page_of

from .... import services
from ....models import SpotCheck, SpotCheckRow
from ....register_forms import SpotCheckForm
from ....selectors.register import register_departments
from ....selectors.spot_checks import drawn_rows
from ..presenters import crumbs

LIST = "staff:publicity:spot_list"


def trail(step: str) -> list[dict[str, str]]:
    return crumbs(
        ("文号与案件台账", reverse("staff:publicity:register_overview")),
        ("瞒报抽查", reverse(LIST)),
        (step, ""),
    )


class SpotListView(StaffView, TemplateView):
    permission = Permission.REGISTER_VIEW
    template_name = "staff/publicity/register/spot_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = SpotCheck.objects.visible_to(self.user).for_table()
        return super().get_context_data(**kwargs) | {
            "crumbs": trail("")[:-1],
            "page_obj": page_of(self.request, rows),
            "can_draw": policy.may(self.user, Permission.SPOT_CHECK),
        }


class SpotCreateView(StaffView, FormView[SpotCheckForm]):
    permission = Permission.SPOT_CHECK
    form_class = SpotCheckForm
    template_name = "staff/publicity/register/spot_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        ids = [row.pk for row in register_departments(self.user)]
        return super().get_form_kwargs() | {"departments": self.departments.filter(pk__in=ids)}

    def form_valid(self, form: SpotCheckForm) -> HttpResponse:
        try:
            check = services.draw_spot_check(**form.cleaned_data, by=self.user)
        except Refusal as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        messages.success(self.request, f"已抽取 {check.size} 件，请逐件核查并填写结论。")
        return redirect("staff:publicity:spot_detail", check.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"crumbs": trail("抽取案件")}


class SpotPage(StaffView):
    permission = Permission.REGISTER_VIEW

    @cached_property
    def check(self) -> SpotCheck:
        rows = SpotCheck.objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class SpotDetailView(SpotPage, TemplateView):
    """The drawn cases; the office fills in what it found, everybody else reads."""

    template_name = "staff/publicity/register/spot_detail.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        policy.require(self.user, Permission.SPOT_CHECK, self.check.department)
        found = {
            pk: (request.POST.get(f"finding-{pk}", ""), request.POST.get(f"reason-{pk}", ""))
            for pk in self.check.rows.values_list("pk", flat=True)
            if request.POST.get(f"finding-{pk}")
        }
        try:
            check = services.record_findings(check=self.check, findings=found, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            done = check.concluded_at is not None
            messages.success(request, "已核定本次抽查。" if done else "已保存，全部填写后核定。")
        return redirect("staff:publicity:spot_detail", self.check.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.check
        rows = drawn_rows(check)
        found = [line.row.finding for line in rows if line.row.finding]
        may = policy.may(self.user, Permission.SPOT_CHECK, check.department)
        return super().get_context_data(**kwargs) | {
            "crumbs": trail(f"{check.department} {check.month:%Y-%m}"),
            "check": check,
            "rows": rows,
            "findings": SpotCheckRow.Finding.choices,
            "found": len(found),
            "unreported": found.count(SpotCheckRow.Finding.UNREPORTED),
            "can_record": may and check.concluded_at is None,
            "timeline": timeline(check),
        }


class SpotPopulationView(SpotPage):
    """The names that the draw was made from, one a line: with the seed all that is needed to repeat it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = "\n".join(self.check.names)
        answer = HttpResponse(content, content_type="text/plain; charset=utf-8")
        name = f"抽查总体-{self.check.pk}.txt"
        answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
        return answer
