"""What a sound answer of the service portal may open: an account it opened before, or the page of activation.

It never gives a role by itself, never finds an account by name or e-mail, and never enters one of staff.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from . import policy

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp, SocialLogin
    from django.http import HttpRequest

    from .models import User

logger = logging.getLogger(__name__)

SESSION_KEY = "service_portal_identity"
KEPT = 30 * 60  # seconds between the answer and the confirmation
FAILED = (
    "未能通过{name}登录：对方暂时无法连接，或者本次登录已过期。请过几分钟再点“企业用户用{name}登录”；"
    "有本平台用户名和密码的可以直接登录。仍不成功请拨打 {phone}。"
)
CANCELLED = (
    "未能通过{name}登录：您在对方页面取消了登录，或者没有同意授权。"
    "可以再点“企业用户用{name}登录”；有本平台用户名和密码的可以直接登录。"
)
CLOSED = "该账号已停用，不能登录。如有疑问请拨打 {phone}。"
NOT_STAFF = "工作人员账号请使用用户名、密码和动态口令登录。"


@dataclass(frozen=True)
class Identity:
    """A person whom the service portal has vouched for, and what it says of their firm.

    `is_head`: the portal is trusted for it and says that the person is the firm's legal representative.
    """

    provider: str
    uid: str
    name: str
    firm_code: str
    is_head: bool
    at: float


def pending_identity(request: HttpRequest) -> Identity | None:
    """The identity that waits for its firm in this session, if it came a short while ago."""
    raw = request.session.get(SESSION_KEY)
    if not raw or time.time() - raw["at"] > KEPT:
        return None
    return Identity(**raw)


def forget_identity(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, closed but for the one way described above."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """From the settings only: a row in a table must not become a second door."""
        from allauth.socialaccount.models import SocialApp

        from .provider import PROVIDER

        if not settings.OIDC["ISSUER"] or provider not in (None, PROVIDER):
            return []
        return [
            SocialApp(
                provider=PROVIDER,
                provider_id=PROVIDER,
                name=settings.OIDC["NAME"],
                client_id=settings.OIDC["CLIENT_ID"],
                secret=settings.OIDC["SECRET"],
                settings={"server_url": settings.OIDC["ISSUER"].rstrip("/")},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        logger.warning("service portal: %s %r", details.get("error"), details.get("exception"))
        by_choice = details.get("error") in (AuthError.CANCELLED, AuthError.DENIED)
        raise refused(request, CANCELLED if by_choice else FAILED)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises with the answer, but for somebody known, who is let in."""
        sent = sociallogin.state.get("data", {}).get("nonce", "")
        if not sent or not constant_time_compare(str(sociallogin.claims["nonce"]), sent):
            logger.warning("service portal: the nonce is not ours")
            raise refused(request, FAILED)
        identity = identity_of(sociallogin)
        if not sociallogin.is_existing:
            request.session[SESSION_KEY] = asdict(identity)
            raise ImmediateHttpResponse(redirect(next_page(identity)))
        user: User = sociallogin.user
        if policy.is_staff_member(user) or user.department_id is not None:
            raise refused(request, NOT_STAFF)
        if not user.is_active:
            raise refused(request, CLOSED)
        if identity.is_head and identity.firm_code not in policy.represents(user):
            request.session[SESSION_KEY] = asdict(identity)
            sociallogin.state["next"] = next_page(identity)


def identity_of(sociallogin: SocialLogin) -> Identity:
    rules, claims = settings.OIDC, sociallogin.claims
    firm = str(claims.get(rules["FIRM_CLAIM"]) or "").strip().upper()
    says_head = str(claims.get(rules["ROLE_CLAIM"]) or "") in rules["HEAD_ROLES"]
    return Identity(
        provider=sociallogin.account.provider,
        uid=sociallogin.account.uid,
        name=str(claims.get(rules["NAME_CLAIM"]) or "")[:50],
        firm_code=firm,
        is_head=bool(firm) and says_head and rules["TRUSTED_FOR_HEADS"],
        at=time.time(),
    )


def next_page(identity: Identity) -> str:
    """The firm to be confirmed, or the letter to be typed."""
    return reverse("activation:identity" if identity.is_head else "activation:start")


def refused(request: HttpRequest, sentence: str) -> ImmediateHttpResponse:
    """Back at the door with a sentence that says what to do there."""
    words = {"name": settings.OIDC["NAME"], "phone": settings.PORTAL_SITE["phone"]}
    messages.error(request, sentence.format(**words))
    return ImmediateHttpResponse(redirect("account_login"))
