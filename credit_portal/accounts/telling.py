"""Who is told that the way somebody signs in has changed, so that the theft of an account is noticed.

Accounts stand below notices and firms. The apps that tell people register here, as they do with menus and tiles; they
are called by the service that made the change, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from credit_portal.audit.models import AuditEvent

from .models import User


@dataclass(frozen=True)
class SignInChange:
    """`what`: a sentence without its stop, such as 登录密码已修改. `key`: told once under it."""

    user: User
    what: str
    key: str


_tellers: list[Callable[[SignInChange], object]] = []


def register_teller(tell: Callable[[SignInChange], object]) -> None:
    if tell not in _tellers:
        _tellers.append(tell)


def sign_in_changed(user: User, what: str, event: AuditEvent) -> None:
    """`event`: what the trail says of it."""
    change = SignInChange(user, what, f"sign-in:{event.pk}")
    for tell in _tellers:
        tell(change)
