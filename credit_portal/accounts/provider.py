"""The provincial service portal as an OpenID provider. allauth finds `provider_classes` here by the module's name.

allauth trusts the token endpoint and skips the signature of the id_token; here the signature, the issuer, the
audience, the dates and the nonce are all checked, so that a mistaken address or a replayed answer opens nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
    from django.http import HttpRequest

PROVIDER = "service_portal"
ALGORITHMS = ("RS256", "ES256")
NEEDED = ["exp", "iat", "iss", "aud", "sub", "nonce"]
LEEWAY = 60  # seconds by which the two clocks may differ


class ServicePortalAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The protocol: addresses from the issuer's discovery document, a checked id_token, the userinfo."""

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().openid_config
        if found.get("issuer") != settings.OIDC["ISSUER"]:
            raise OAuth2Error("the discovery document names another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(build_absolute_uri(request, reverse("service_portal_back")))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        try:
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            more = self._fetch_user_info(token.token)
            if more["sub"] != claims["sub"]:
                raise OAuth2Error("userinfo is about somebody else")
        except (KeyError, TypeError, ValueError, jwt.PyJWTError) as error:
            raise OAuth2Error(f"not a sound answer: {error!r}") from error
        login = self.get_provider().sociallogin_from_response(request, {"sub": claims["sub"]})
        login.claims = {**more, **claims}
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(id_token)
        if header["alg"] not in ALGORITHMS:
            raise OAuth2Error(f"algorithm {header['alg']} is not accepted")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=self._key(header),
            algorithms=[header["alg"]],
            issuer=settings.OIDC["ISSUER"],
            audience=app.client_id,
            leeway=LEEWAY,
            options={"require": NEEDED},
        )
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the token was made for another client")
        return claims

    def _key(self, header: Mapping[str, Any]) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        for key in answer.json()["keys"]:
            if key["kid"] == header["kid"]:
                return jwt.get_algorithm_by_name(header["alg"]).from_jwk(json.dumps(key))
        raise OAuth2Error("the token is signed with an unknown key")


class ServicePortalProvider(OpenIDConnectProvider):  # type: ignore[misc]
    id = PROVIDER
    name = "政务服务网"
    oauth2_adapter_class = ServicePortalAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return list(settings.OIDC["SCOPES"])

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing of the answer becomes a field of an account by itself."""
        return {}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[Any]:
        return []

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {}


provider_classes = [ServicePortalProvider]
