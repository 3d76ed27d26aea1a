"""Password, lock-out and session limits in force today, from the rule book."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.timezone import localdate

from credit_portal.regulations.rules import SecurityRules, security_rules

from . import policy

if TYPE_CHECKING:
    from .models import User


def rules() -> SecurityRules:
    return security_rules(localdate())


def password_length(*, staff: bool) -> int:
    return rules().password_staff_length if staff else rules().password_public_length


def password_max_length() -> int:
    return rules().password_max_length


def password_kinds() -> int:
    return rules().password_kinds


def password_history() -> int:
    """How many of the last passwords may not come back, the present one included."""
    return rules().password_history


def password_max_age() -> dt.timedelta:
    return dt.timedelta(days=rules().password_max_age)


def password_min_age() -> dt.timedelta:
    return dt.timedelta(hours=rules().password_min_age)


def password_is_too_new(user: User) -> bool:
    """Changed so lately that another change would only push an old one out of the history. Whoever has to change it
    may do so at any time."""
    rests = timezone.now() < user.password_changed_at + password_min_age()
    return rests and not user.must_change_password


def password_expires_at(user: User) -> dt.datetime:
    """When a member of staff has to choose a new password."""
    return user.password_changed_at + password_max_age()


def password_is_too_old(user: User) -> bool:
    """Only staff have to; the rule says nothing of firms."""
    return timezone.now() >= password_expires_at(user) and policy.is_staff_member(user)


def lock_failures() -> int:
    return rules().lock_failures


def lock_time() -> dt.timedelta:
    return dt.timedelta(minutes=rules().lock_minutes)


def idle_limit(*, staff: bool) -> dt.timedelta:
    minutes = rules().session_staff_idle if staff else rules().session_public_idle
    return dt.timedelta(minutes=minutes)


def absolute_limit() -> dt.timedelta:
    return dt.timedelta(hours=rules().session_absolute)
