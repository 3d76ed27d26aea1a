"""What people see and do about their own account: who they are, where they are signed in, how long still."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import PasswordChangeView
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views import View
from django.views.generic import FormView, TemplateView

from credit_portal.accounts import middleware, policy, security, selectors, services
from credit_portal.accounts.adapters import home_of
from credit_portal.accounts.cookies import KEPT_FORM
from credit_portal.accounts.forms import OwnPhoneForm
from credit_portal.accounts.models import User
from credit_portal.exceptions import Refusal

from .sign_in import OwnPagesMixin


class AccountView(IndexView):  # type: ignore[misc]
    """The person's own account: who they are, the password, the second factor, the last sign-ins."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = cast(dict[str, Any], super().get_context_data(**kwargs))
        user = cast(User, self.request.user)
        here, before = [*selectors.last_sign_ins(user), None, None][:2]
        return context | {
            "home": home_of(user),
            "here": here,
            "before": before,
            "password_expires_at": _password_expires_at(user),
            "codes_left": _codes_left(user),
            "sessions": len(selectors.sessions_of(user, here="")),
        }


class PasswordView(OwnPagesMixin, PasswordChangeView):  # type: ignore[misc]
    """A new password, for those who have one; says so when the old one has served too long."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not cast(User, request.user).has_usable_password():
            messages.info(request, "您通过政务服务网登录，本平台没有您的密码，无需修改。")
            return redirect("mfa_index")
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "too_old": security.password_is_too_old(cast(User, self.request.user)),
            "max_age_days": security.password_max_age().days,
        }


class PhoneView(LoginRequiredMixin, FormView[OwnPhoneForm]):
    """The person's own telephone, changed with the password."""

    form_class = OwnPhoneForm
    template_name = "account/phone.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(
                request,
                "您通过政务服务网登录，本平台没有您的密码。要更换手机号，请联系系统管理员。",
            )
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"phone": cast(User, self.request.user).phone}

    def form_valid(self, form: OwnPhoneForm) -> HttpResponse:
        phone = form.cleaned_data["phone"]
        services.change_own_phone(user=cast(User, self.request.user), phone=phone)
        messages.success(self.request, f"手机号已改为 {phone}。")
        return redirect("mfa_index")


class SessionListView(LoginRequiredMixin, TemplateView):
    """Where the person is signed in."""

    template_name = "account/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        lines = selectors.sessions_of(user, here=self.request.session.session_key or "")
        return super().get_context_data(**kwargs) | {
            "lines": lines,
            "others": sum(not line.here for line in lines),
            "home": home_of(user),
        }


class EndSessionView(LoginRequiredMixin, View):
    """POST only: end one of the person's own sessions."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = cast(User, request.user)
        try:
            services.end_session(user=user, pk=pk, by=user)
        except Refusal as refusal:
            messages.info(request, refusal.user_message)
        else:
            messages.success(request, "已结束该登录。如不是您本人登录的，请立即修改密码。")
        return redirect("account_sessions")


class EndOtherSessionsView(LoginRequiredMixin, View):
    """POST only: end all sessions of the person but this one."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user = cast(User, request.user)
        count = services.end_other_sessions(
            user=user, keep=request.session.session_key or "", by=user
        )
        messages.success(request, f"已结束其他 {count} 处登录。" if count else "没有其他登录。")
        return redirect("account_sessions")


class RenewView(LoginRequiredMixin, View):
    """POST only: the person is still there. Answers with the seconds left, or leads back without script."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        middleware.renew(request)
        if request.headers.get("X-Requested-With") == "fetch":
            return JsonResponse(middleware.time_left(request)._asdict())
        return _back(request)


class DropKeptFormView(LoginRequiredMixin, View):
    """POST only: what was kept of a form is not needed any more."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user = cast(User, request.user)
        services.drop_kept_form(user=user, key=request.COOKIES.get(KEPT_FORM, ""))
        response = _back(request)
        response.delete_cookie(KEPT_FORM, samesite="Lax")
        messages.info(request, "已清除保留的内容。")
        return response


def _back(request: HttpRequest) -> HttpResponse:
    target = get_next_redirect_url(request)
    return HttpResponseRedirect(str(target or home_of(cast(User, request.user))))


def _password_expires_at(user: User) -> Any:
    return security.password_expires_at(user) if policy.is_staff_member(user) else None


def _codes_left(user: User) -> int:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0
