"""Password, lock-out and session limits in force today, from the rule book."""

from __future__ import annotations

import datetime as dt

from django.utils.timezone import localdate

from credit_portal.regulations.loader import rule_book


def _number(rule: str) -> int:
    return int(rule_book()[f"security.{rule}"].on(localdate()).value)


def password_length(*, staff: bool) -> int:
    return _number("password.staff_length" if staff else "password.public_length")


def password_max_length() -> int:
    return _number("password.max_length")


def password_kinds() -> int:
    return _number("password.kinds")


def lock_failures() -> int:
    return _number("lock.failures")


def lock_time() -> dt.timedelta:
    return dt.timedelta(minutes=_number("lock.minutes"))


def idle_limit(*, staff: bool) -> dt.timedelta:
    return dt.timedelta(minutes=_number("session.staff_idle" if staff else "session.public_idle"))


def absolute_limit() -> dt.timedelta:
    return dt.timedelta(hours=_number("session.absolute"))
