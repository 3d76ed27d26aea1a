"""Months without data: what a department has of each, and the head's signature that there was nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from credit_portal.web.recent import ProvenLately

from .... import services
from ....filters import read_month
from ....selectors.desk import KIND_WORDS
from ....selectors.zero_reports import months_of
from ....services.zero_reports import why_not_zero
from .pages import RegisterPage


class ZeroListView(RegisterPage, TemplateView):
    """The last twelve months; an empty one can be signed."""

    template_name = "staff/publicity/register/zero_list.html"
    tab = "register_zero"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.may(Permission.ZERO_SIGN)
        return super().get_context_data(**kwargs) | {
            "may_sign": may,
            "lines": [
                (
                    found,
                    KIND_WORDS[found.kind],
                    self.sign_url(found.kind, f"{found.month:%Y-%m}")
                    if may and found.empty and found.report is None
                    else "",
                )
                for found in months_of(self.department)
            ],
        }

    def sign_url(self, kind: str, month: str) -> str:
        return self.address("register_zero_sign", kind=kind, month=month)


class ZeroSignView(RegisterPage, ProvenLately, TemplateView):
    """GET says what is signed; POST signs. Both only for the head who has just proven who they are."""

    permission = Permission.ZERO_SIGN
    template_name = "staff/publicity/register/zero_sign.html"
    tab = "register_zero"
    step = "签报本期无数据"

    def authorise(self) -> None:
        super().authorise()
        self.require_in(self.department)
        self.kind, month = self.kwargs["kind"], read_month(self.kwargs["month"])
        if self.kind not in KIND_WORDS or month is None:
            raise Http404
        self.month = month

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sentence := why_not_zero(self.department, self.kind, self.month):
            messages.error(request, sentence)
            return redirect(self.address("register_zero"))
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            services.sign_zero_report(
                department=self.department, kind=self.kind, month=self.month, by=self.user
            )
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已签报本期无数据。")
        return redirect(self.address("register_zero"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = f"{self.month.year} 年 {self.month.month} 月"
        return super().get_context_data(**kwargs) | {
            "title": f"{self.department} {month}没有作出{KIND_WORDS[self.kind]}决定",
            "effects": [
                "签报后在三率页面显示，不能撤回。",
                "以后录入这个月的决定，或者发现缺号、应报未报的案件，本签报会标为与实有不符。",
            ],
            "list_url": self.address("register_zero"),
        }
