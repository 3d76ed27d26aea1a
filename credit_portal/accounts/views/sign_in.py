"""The one door: allauth's views, with the few places where ours differ."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import segno
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from credit_portal.accounts.models import User
from credit_portal.accounts.services import sign_in


class OwnSiteMixin:
    """allauth puts the host's name where every template of ours expects the site of the settings."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"site": settings.PORTAL_SITE}


class OwnPagesMixin:
    """A `next` that leads off the site is not carried on in the page, as it is not followed at the end."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        if get_next_redirect_url(self.request) is None:  # type: ignore[attr-defined]
            context |= {"redirect_field": "", "redirect_field_value": None}
        return context


class SignInView(OwnPagesMixin, OwnSiteMixin, LoginView):  # type: ignore[misc]
    """Name and password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = settings.OIDC["NAME"] if settings.OIDC["ISSUER"] else ""
        return super().get_context_data(**kwargs) | {"service_portal": named}


class CodeView(OwnSiteMixin, AuthenticateView):  # type: ignore[misc]
    """The second step."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"username": self.stage.login.user.get_username()}


class PasswordAgainView(OwnPagesMixin, ReauthenticateView):  # type: ignore[misc]
    """The password once more, before what concerns the account."""


class CodeAgainView(OwnPagesMixin, CodeReauthenticateView):  # type: ignore[misc]
    """The second step once more, or for the first time in a session that lacks it."""


class ActivateView(LoginRequiredMixin, ActivateTOTPView):  # type: ignore[misc]
    """Set up the second factor. The code that proves the setup also proves this session."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_mfa_enabled(request.user):
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = cast(HttpResponse, super().form_valid(form))
        user = cast(User, self.request.user)
        sign_in.use_code(
            user=user, code=form.cleaned_data["code"]
        )  # it must not work a second time
        totp = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        post_authentication(self.request, totp)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = cast(dict[str, Any], super().get_context_data(**kwargs))
        return context | {"next": get_next_redirect_url(self.request)}

    def get_success_url(self) -> str:
        target = get_next_redirect_url(self.request)
        query = f"?{urlencode({'next': target})}" if target else ""
        return f"{super().get_success_url()}{query}"


class FactorImageView(LoginRequiredMixin, View):
    """The QR code of the secret that is being set up in this session."""

    def get(self, request: HttpRequest) -> HttpResponse:
        secret = request.session.get(SECRET_SESSION_KEY)
        if not secret or is_mfa_enabled(request.user):
            raise Http404
        url = get_factor_adapter().build_totp_url(request.user, secret)
        image = BytesIO()
        segno.make(url, error="m").save(image, kind="svg", scale=5, border=2, xmldecl=False)
        return HttpResponse(image.getvalue(), content_type="image/svg+xml")


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = cast(dict[str, Any], super().get_context_data(**kwargs))
        return context | {"next": _next_or_home(self.request)}


def _next_or_home(request: HttpRequest) -> str:
    target = get_next_redirect_url(request)
    return str(target or get_adapter(request).get_login_redirect_url(request))
