"""The summary of the day: what waits for each person, told once on the morning of every working day."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import STAFF_ROLES
from credit_portal.notices import services as notices
from credit_portal.notices.selectors import unread_count
from credit_portal.regulations.calendar import load_calendar
from publicity.selectors.desk import KIND_WORDS, piles

FROM = dt.time(8, 30)  # the desk opens


def digest_is_due(now: dt.datetime) -> bool:
    """From half past eight on a working day; a morning that was missed is made up for later that day."""
    local = timezone.localtime(now)
    return local.time() >= FROM and load_calendar().is_workday(local.date())


def send_digests(day: dt.date) -> int:
    """Tell everybody for whom something waits; answers how many were told. A second run tells nobody twice."""
    return sum(send_digest(user, day) for user in staff())


def staff() -> QuerySet[User]:
    """Everybody who works at the desk."""
    return policy.holding(STAFF_ROLES)


def send_digest(user: User, day: dt.date) -> int:
    words = digest_words(user, day)
    if not words:
        return 0
    return notices.notify(
        recipients=[user],
        key=f"digest:{day}",
        text=f"今日待办：{words}。",
        outside=f"今日待办（{day}）：{words}。",
        link=reverse("staff:home"),
        daily=True,
    )


def digest_words(user: User, day: dt.date) -> str:
    """Kinds of work and their numbers, never a firm or a person: the summary also leaves by mail."""
    parts = [
        f"{KIND_WORDS[pile.kind]}{pile.label} {pile.count} 条"
        for pile in piles(user, day)
        if pile.count
    ]
    unread = unread_count(user)
    if unread:
        parts.append(f"未读通知 {unread} 条")
    return "；".join(parts)
