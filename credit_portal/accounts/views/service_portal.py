"""Out to the service portal and back."""

from __future__ import annotations

import secrets
from typing import cast

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views import View
from requests import RequestException

from credit_portal.accounts.adapters import home_of
from credit_portal.accounts.provider import PROVIDER, ServicePortalAdapter


class ServicePortalView(View):
    """Not there while the installation names no issuer."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.OIDC["ISSUER"]:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class StartView(ServicePortalView):
    """A link, not a form: the content policy would stop a form that ends on another host."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(home_of(request.user))
        provider = get_adapter().get_provider(request, provider=PROVIDER)
        nonce = secrets.token_urlsafe(24)
        try:
            answer = provider.redirect(
                request,
                "login",
                data={"nonce": nonce},
                auth_params={"nonce": nonce},
                scope=provider.get_default_scope(),
            )
        except (OAuth2Error, RequestException, ValueError) as error:
            answer = render_authentication_error(request, provider, exception=error)
        return cast(HttpResponse, answer)


class BackView(ServicePortalView):
    """The answer: `state` must be one of this session, `code` is exchanged for the checked token."""

    def get(self, request: HttpRequest) -> HttpResponse:
        view = OAuth2CallbackView()
        view.request = request
        view.adapter = ServicePortalAdapter(request, PROVIDER)
        return cast(HttpResponse, view.dispatch(request))
