"""Delegates of a firm, kept by its head."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.generic import FormView, TemplateView

from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import RoleMembership
from credit_portal.accounts.roles import FirmAct
from credit_portal.exceptions import Refusal
from credit_portal.web.addresses import public_url

from .. import services
from ..exceptions import DelegationRefused, RepresentationRefused
from ..forms import FREE, DelegateForm, DelegationForm, month_ends
from ..selectors import delegates, ended_delegates
from ..services.delegates import check_renewable, longest_end
from .firm import FirmView


class DelegateListView(FirmView, TemplateView):
    act = FirmAct.APPOINT
    template_name = "enterprise/delegates/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "delegates": delegates(self.firm.code, localdate()),
            "ended": ended_delegates(self.firm.code),
        }


class DelegateCreateView(FirmView, FormView[DelegateForm]):
    """Appoint somebody. A new account's first password is shown on the answer and nowhere else."""

    act = FirmAct.APPOINT
    form_class = DelegateForm
    template_name = "enterprise/delegates/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"scope": [FirmAct.VIEW.value], "period": next(iter(month_ends()), FREE)}

    def form_valid(self, form: DelegateForm) -> HttpResponse:
        try:
            made = services.appoint_delegate(entity=self.firm, **form.cleaned_data, by=self.user)
        except (DelegationRefused, AccountRefused, RepresentationRefused) as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        name = made.membership.user.name
        if not made.password:
            messages.success(self.request, f"已指定{name}为经办人，{name}可以用原有账号登录。")
            return redirect("enterprise:records:delegate_list", self.firm.code)
        self.template_name = "enterprise/delegates/appointed.html"
        return never_kept(
            self.render_to_response(self.get_context_data(made=made, sign_in=door(self.request)))
        )


def door(request: HttpRequest) -> str:
    return public_url(request, reverse("account_login"))


def never_kept(answer: HttpResponse) -> HttpResponse:
    """What is shown once is not shown again by the back button of the browser either."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class OneDelegate(FirmView):
    act = FirmAct.APPOINT

    @property
    def membership(self) -> RoleMembership:
        rows = RoleMembership.objects.delegations(self.firm.code).select_related("user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class DelegateEditView(OneDelegate, FormView[DelegationForm]):
    form_class = DelegationForm
    template_name = "enterprise/delegates/form.html"

    def get_initial(self) -> dict[str, Any]:
        held = self.membership
        until = held.valid_until or longest_end()
        return {"scope": held.scope, "period": FREE, "valid_until": until}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"membership": self.membership}

    def form_valid(self, form: DelegationForm) -> HttpResponse:
        try:
            held = services.change_delegate(
                membership=self.membership, **form.cleaned_data, by=self.user
            )
        except DelegationRefused as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        messages.success(
            self.request, f"已修改{held.user.name}的授权，有效期至 {held.valid_until}。"
        )
        return redirect("enterprise:records:delegate_list", self.firm.code)


class DelegateEndView(OneDelegate):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            held = services.end_delegate(membership=self.membership, by=self.user)
        except DelegationRefused as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, f"已结束{held.user.name}的授权，即时生效。")
        return redirect("enterprise:records:delegate_list", self.firm.code)


class DelegatePasswordView(OneDelegate, TemplateView):
    """Another first password, shown on the answer and nowhere else. Asked about only where it may be made."""

    template_name = "enterprise/delegates/password.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            check_renewable(self.membership)
        except DelegationRefused as refusal:
            return self.refuse(refusal)
        return super().get(request, *args, **kwargs)

    def refuse(self, refusal: Refusal) -> HttpResponse:
        messages.error(self.request, refusal.user_message)
        return redirect("enterprise:records:delegate_list", self.firm.code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"membership": self.membership}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            made = services.renew_password(membership=self.membership, by=self.user)
        except (DelegationRefused, AccountRefused) as refusal:
            return self.refuse(refusal)
        self.template_name = "enterprise/delegates/appointed.html"
        context = self.get_context_data(made=made, sign_in=door(request), renewed=True)
        return never_kept(self.render_to_response(context))
