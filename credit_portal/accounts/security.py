"""Password, lock-out and session limits in force today, from the rule book."""

from __future__ import annotations

import datetime as dt

from django.utils.timezone import localdate

from credit_portal.regulations.rules import SecurityRules, security_rules


def rules() -> SecurityRules:
    return security_rules(localdate())


def password_length(*, staff: bool) -> int:
    return rules().password_staff_length if staff else rules().password_public_length


def password_max_length() -> int:
    return rules().password_max_length


def password_kinds() -> int:
    return rules().password_kinds


def lock_failures() -> int:
    return rules().lock_failures


def lock_time() -> dt.timedelta:
    return dt.timedelta(minutes=rules().lock_minutes)


def idle_limit(*, staff: bool) -> dt.timedelta:
    minutes = rules().session_staff_idle if staff else rules().session_public_idle
    return dt.timedelta(minutes=minutes)


def absolute_limit() -> dt.timedelta:
    return dt.timedelta(hours=rules().session_absolute)
