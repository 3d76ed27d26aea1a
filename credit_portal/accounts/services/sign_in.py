"""Signing in: counting attempts before they are judged, and using each code once."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from credit_portal.accounts import security
from credit_portal.accounts.exceptions import SignInLocked
from credit_portal.accounts.models import SignInTrial, User
from credit_portal.accounts.telling import sign_in_changed
from credit_portal.audit.services import record

Kind = SignInTrial.Kind
EVERY_ACCOUNT = ""
# Many people may sit behind one address; an address that fails this many times as often is trying names.
ADDRESS_ALLOWANCE = 10
FACTOR_CHANGES = {
    "account.factor_added": "动态口令已启用",
    "account.codes_renewed": "备用码已重新生成",
}
WORDS = {Kind.PASSWORD: "登录", Kind.FACTOR: "登录", Kind.LETTER: "激活"}


def begin_attempt(*, kind: Kind, account: str, address: str) -> None:
    """Count the attempt before it is judged, so that attempts made at once cannot outrun the count.

    Raises SignInLocked when the account from this address, or the address as a whole, has to wait.
    """
    account = _plain(account)
    with transaction.atomic():
        _count(kind, account, address, security.lock_failures())
        if kind != Kind.FACTOR:
            _count(kind, EVERY_ACCOUNT, address, security.lock_failures() * ADDRESS_ALLOWANCE)


def attempts_left(*, kind: Kind, account: str, address: str) -> int:
    """How many more may fail; 0 means locked from now on."""
    rows = SignInTrial.objects.filter(kind=kind, account=_plain(account), address=address)
    failures = rows.values_list("failures", flat=True).first() or 0
    return max(security.lock_failures() - failures, 0)


def attempt_succeeded(*, kind: Kind, account: str, address: str) -> None:
    """Forget the failures of this account here; the address keeps those it made on other names."""
    with transaction.atomic():
        SignInTrial.objects.filter(kind=kind, account=_plain(account), address=address).delete()
        whole = SignInTrial.objects.select_for_update().filter(
            kind=kind, account=EVERY_ACCOUNT, address=address
        )
        for row in whole:
            row.failures = max(row.failures - 1, 0)
            row.save(update_fields=["failures"])
        SignInTrial.objects.filter(last_at__lt=timezone.now() - dt.timedelta(days=1)).delete()


@transaction.atomic
def signed_in(*, user: User, address: str) -> None:
    record("account.signed_in", by=user, subject=user, changes={"address": address})


@transaction.atomic
def use_code(*, user: User, code: str) -> Authenticator | None:
    """The factor that the code proves, or nothing. A code works once, also when sent twenty times at once."""
    digits = _digits(code)
    factors = Authenticator.objects.select_for_update().filter(user=user)
    for factor in factors.order_by("-type"):
        if factor.type == Authenticator.Type.TOTP:
            if _use_step(factor, digits):
                return factor
        elif factor.wrap().validate_code(digits):
            record("account.recovery_code_used", by=user, subject=user)
            return factor
    return None


def code_fits(*, secret: str, code: str) -> bool:
    """Whether the code belongs to a secret that is not a factor yet."""
    return bool(_fitting_steps(secret, _digits(code)))


@transaction.atomic
def enrol_totp(*, user: User, secret: str = "", by: User | None) -> str:
    """Give a person a second factor without the setup page (demo, tests, hand-over); answers the secret."""
    secret = secret or generate_totp_secret()
    TOTP.activate(user, secret)
    event = record("account.factor_added", by=by, subject=user)
    sign_in_changed(user, FACTOR_CHANGES["account.factor_added"], event)
    return secret


@transaction.atomic
def factor_changed(*, user: User, action: str) -> None:
    """The person set up the second factor, or its backup codes, on the pages of allauth."""
    sign_in_changed(user, FACTOR_CHANGES[action], record(action, by=user, subject=user))


def locked_sentence(wait: dt.timedelta, kind: Kind = Kind.PASSWORD) -> str:
    minutes = max(math.ceil(wait.total_seconds() / 60), 1)
    return f"{WORDS[kind]}失败次数过多，请在 {minutes} 分钟后再试。"


def locked_now_sentence() -> str:
    return locked_sentence(security.lock_time())


def _count(kind: Kind, account: str, address: str, allowed: int) -> None:
    now = timezone.now()
    row, _ = SignInTrial.objects.select_for_update().get_or_create(
        kind=kind, account=account, address=address, defaults={"last_at": now}
    )
    if row.locked_until and row.locked_until > now:
        raise SignInLocked(locked_sentence(row.locked_until - now, kind))
    if row.locked_until or row.last_at < now - security.lock_time():
        row.failures = 0
    row.failures += 1
    row.last_at = now
    row.locked_until = now + security.lock_time() if row.failures >= allowed else None
    row.save()


def _use_step(factor: Authenticator, digits: str) -> bool:
    """Time steps only go forward: a step at or before the last one used is a replay."""
    last = factor.data.get("last_step", 0)
    for step in _fitting_steps(decrypt(factor.data["secret"]), digits):
        if step > last:
            factor.data["last_step"] = step
            factor.save(update_fields=["data"])
            return True
    return False


def _fitting_steps(secret: str, digits: str) -> list[int]:
    return [
        step
        for step in yield_hotp_counters_from_time()
        if constant_time_compare(digits, format_hotp_value(hotp_value(secret, step)))
    ]


def _digits(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "")


def _plain(account: str) -> str:
    return unicodedata.normalize("NFKC", account).strip().lower()[:150]
