"""The only place where accounts of firms come to be: by a letter, or by the word of a trusted service portal.

These pages belong to the door: open to all, and they know who has signed in already. What was proven (a code, an
identity) waits in the session for half an hour until the person has confirmed the firm.
"""

from __future__ import annotations

import time
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView

from credit_portal.accounts import policy
from credit_portal.accounts.addresses import client_address
from credit_portal.accounts.doorway import let_in
from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import User
from credit_portal.accounts.service_portal import forget_identity, pending_identity
from credit_portal.exceptions import Refusal
from credit_portal.web.forms import PortalForm

from .. import services
from ..exceptions import ActivationRefused, RepresentationRefused
from ..forms import LetterCodeForm, PersonForm, RegisterForm
from ..models import ActivationLetter, MarketEntity
from ..selectors import masked_facts
from ..services.activation import Newcomer, activate, bind_vouched

PROVEN = "activation_letter"
KEPT = 30 * 60  # seconds
STAFF = "您登录的是工作人员账号，不能绑定企业。请退出后使用企业主要负责人本人的账号。"


class DoorView(FormView[PortalForm]):
    @property
    def person(self) -> User | None:
        return self.request.user if isinstance(self.request.user, User) else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.identity = pending_identity(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        staff = self.person is not None and policy.is_staff_member(self.person)
        return super().get_context_data(**kwargs) | {
            "identity": self.identity,
            "person": self.person,
            "is_staff": staff,
            "staff_sentence": STAFF,
        }


class StartView(DoorView):
    """The code of the firm and the code of the letter."""

    form_class = LetterCodeForm
    template_name = "account/activate_start.html"

    def get_initial(self) -> dict[str, Any]:
        return {"firm_code": self.request.GET.get("firm", "")[:18]}

    def form_valid(self, form: PortalForm) -> HttpResponse:
        account = self.person.username if self.person else ""
        try:
            letter = services.try_code(
                **form.cleaned_data, account=account, address=client_address(self.request)
            )
        except ActivationRefused as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        self.request.session[PROVEN] = {"letter": letter.pk, "at": time.time()}
        return redirect("activation:confirm")


class FirmAtTheDoor(DoorView):
    """Shows the firm and asks who becomes its head: the person signed in, the identity, or a new account."""

    template_name = "account/activate_confirm.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.identity = pending_identity(request)
        self.firm = self.find_firm()
        if self.firm is None:
            messages.info(request, self.lost())
            return redirect("activation:start")
        return super().dispatch(request, *args, **kwargs)

    def find_firm(self) -> MarketEntity | None:
        raise NotImplementedError

    def lost(self) -> str:
        raise NotImplementedError

    def bind(self, newcomer: Newcomer) -> User:
        raise NotImplementedError

    def get_form_class(self) -> type[PortalForm]:
        if self.person is not None:
            return PortalForm
        return PersonForm if self.identity else RegisterForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.identity.name} if self.identity else {}

    def form_valid(self, form: PortalForm) -> HttpResponse:
        values = form.cleaned_data
        newcomer = Newcomer(
            user=self.person,
            identity=self.identity,
            username=values.get("username", ""),
            name=values.get("name", ""),
            phone=values.get("phone", ""),
            password=values.get("password1"),
        )
        try:
            user = self.bind(newcomer)
        except (ActivationRefused, AccountRefused, RepresentationRefused) as refusal:
            form.add_refusal(cast(Refusal, refusal))
            return self.form_invalid(form)
        self.request.session.pop(PROVEN, None)
        forget_identity(self.request)
        if self.person is None:
            let_in(self.request, user, method="socialaccount" if self.identity else "password")
        firm = cast(MarketEntity, self.firm)
        messages.success(self.request, f"账号已启用，您现在是{firm.name}在本平台的主要负责人。")
        return redirect("enterprise:home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        firm = cast(MarketEntity, self.firm)
        return super().get_context_data(**kwargs) | {
            "facts": masked_facts(firm),
            "firm": firm,
            "sign_in_url": f"{reverse('account_login')}?next={self.request.path}",
        }


class ConfirmView(FirmAtTheDoor):
    """The firm whose letter's code was typed in this session."""

    def find_firm(self) -> MarketEntity | None:
        proven = self.request.session.get(PROVEN)
        if not proven or time.time() - proven["at"] > KEPT:
            return None
        rows = ActivationLetter.objects.live().select_related("entity", "department")
        self.letter = rows.filter(pk=proven["letter"]).first()
        return self.letter.entity if self.letter else None

    def lost(self) -> str:
        return "请先输入激活函上的代码和激活码。"

    def bind(self, newcomer: Newcomer) -> User:
        return activate(letter=cast(ActivationLetter, self.letter), newcomer=newcomer)


class IdentityView(FirmAtTheDoor):
    """The firm whose legal representative the trusted service portal says this person is."""

    def find_firm(self) -> MarketEntity | None:
        if self.identity is None or not self.identity.is_head:
            return None
        return MarketEntity.objects.active().by_code(self.identity.firm_code).first()

    def lost(self) -> str:
        if self.identity is None:
            return "登录信息已过期，请重新用政务服务网登录，或者凭激活函启用账号。"
        if self.identity.is_head:
            return (
                f"登记库中没有查到您的企业（{self.identity.firm_code[:18]}）。"
                "请凭监管部门签发的激活函启用账号，或者拨打本页下方的电话。"
            )
        return "没有取得您与企业的关系，请凭监管部门签发的激活函启用账号。"

    def bind(self, newcomer: Newcomer) -> User:
        return bind_vouched(entity=cast(MarketEntity, self.firm), newcomer=newcomer)
