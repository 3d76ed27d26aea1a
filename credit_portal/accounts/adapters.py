"""How allauth is bent to one door: its flow, our counting, our sentences, our audit."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from . import policy
from .addresses import client_address
from .exceptions import SignInLocked
from .models import SignInTrial, User
from .services import people, sign_in

SENTENCES = {
    "account/messages/logged_out.txt": "您已退出。",
    "account/messages/password_changed.txt": "密码已修改。",
    "mfa/messages/totp_activated.txt": "动态口令已启用。",
    "mfa/messages/recovery_codes_generated.txt": "已生成备用码。",
}
# What allauth would write a letter about, and what the trail calls it.
FACTOR_LETTERS = {
    "mfa/email/totp_activated": "account.factor_added",
    "mfa/email/recovery_codes_generated": "account.codes_renewed",
}
WARN_WHEN_LEFT = 2


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "用户名或密码不正确。",
        "incorrect_password": "密码不正确。",
        "enter_current_password": "当前密码不正确。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Count, judge, and forget the count when right. Names nobody bears are counted alike."""
        trial: dict[str, Any] = {
            "kind": SignInTrial.Kind.PASSWORD,
            "account": credentials["username"],
            "address": client_address(request),
        }
        try:
            sign_in.begin_attempt(**trial)
        except SignInLocked as refusal:
            raise ValidationError(refusal.user_message, code="locked") from refusal
        user = cast("User | None", super().authenticate(request, **credentials))
        if user is not None:
            sign_in.attempt_succeeded(**trial)
            return user
        if sentence := failure_sentence(**trial):
            raise ValidationError(sentence, code="nearly_locked")
        return None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Our count stands in the database; the one of allauth would stand in the cache."""

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        sign_in.signed_in(user=user, address=client_address(request))
        return cast(HttpResponse, super().post_login(request, user, **details))

    def set_password(self, user: User, password: str) -> None:
        people.change_own_password(user=user, password=password)

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kw: Any
    ) -> None:
        """No letters: the trail and a notice say it. Called when the change of allauth is committed."""
        if action := FACTOR_LETTERS.get(template_prefix):
            sign_in.factor_changed(user=user, action=action)

    def is_reauthentication_required(self, *, app: str, **details: Any) -> bool:
        """Who has just signed in need not say the password again to set up the second factor."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not records or time.time() - records[-1]["at"] > REAUTHENTICATION_TIMEOUT

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(cast(User, request.user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return home_of(cast(User, request.user))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kw: Any,
    ) -> None:
        if sentence := SENTENCES.get(message_template or ""):
            messages.add_message(request, level, sentence)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "动态口令不正确或已使用，请等待下一个口令。"
    }

    def get_totp_issuer(self) -> str:
        return str(settings.PORTAL_SITE["short_name"])

    def build_totp_svg(self, url: str) -> str:
        """The code is drawn by a view of its own: the content policy allows no data in the page."""
        return ""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def failure_sentence(*, kind: SignInTrial.Kind, account: str, address: str) -> str:
    """What to add when few attempts are left; the same for names that nobody bears."""
    left = sign_in.attempts_left(kind=kind, account=account, address=address)
    what = "用户名或密码" if kind == SignInTrial.Kind.PASSWORD else "动态口令"
    if left == 0:
        return f"{what}不正确。{sign_in.locked_now_sentence()}"
    if left <= WARN_WHEN_LEFT:
        return f"{what}不正确，再错 {left} 次将暂停登录。"
    return ""


def home_of(user: User) -> str:
    if policy.is_staff_member(user):
        return "/staff/"
    return "/enterprise/"  # which says so to those who act for no firm, or no more


def _cipher() -> MultiFernet:
    """Keys from the secret key, so that a copy of the database alone makes no codes. Older keys still read."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"accounts.factor" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
