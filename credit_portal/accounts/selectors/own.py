"""What a person sees of their own account."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone

from credit_portal.audit.models import AuditEvent

from ..models import User, UserSession

# The first that fits: browsers name each other, the more special one stands first.
BROWSERS = (
    (re.compile(r"MicroMessenger"), "微信"),
    (re.compile(r"QIHU|360SE|360EE"), "360 浏览器"),
    (re.compile(r"Edg(?:e|A|iOS)?/"), "Edge 浏览器"),
    (re.compile(r"Firefox/|FxiOS/"), "Firefox 浏览器"),
    (re.compile(r"OPR/"), "Opera 浏览器"),
    (re.compile(r"QQBrowser/"), "QQ 浏览器"),
    (re.compile(r"Chrome/|CriOS/|Chromium/"), "Chrome 浏览器"),
    (re.compile(r"Safari/"), "Safari 浏览器"),
)
SYSTEMS = (
    (re.compile(r"iPhone"), "iPhone"),
    (re.compile(r"iPad"), "iPad"),
    (re.compile(r"HarmonyOS|OpenHarmony"), "鸿蒙"),
    (re.compile(r"Android"), "安卓手机或平板"),
    (re.compile(r"Windows"), "Windows 电脑"),
    (re.compile(r"Macintosh|Mac OS X"), "Mac 电脑"),
    (re.compile(r"UOS|Kylin|Linux|X11"), "Linux 电脑"),
)
UNKNOWN = "未能识别的设备"


@dataclass(frozen=True)
class SessionLine:
    """One live session of a person. `here` is the one that asks."""

    pk: int
    device: str
    address: str
    began_at: dt.datetime
    seen_at: dt.datetime
    here: bool


@dataclass(frozen=True)
class SignIn:
    at: dt.datetime
    address: str


def sessions_of(user: User, *, here: str) -> list[SessionLine]:
    """The live sessions, the one with this key first, then the one used last."""
    rows = UserSession.objects.visible_to(user).alive(timezone.now())
    lines = [
        SessionLine(
            row.pk,
            device_in_words(row.agent),
            row.address,
            row.began_at,
            row.seen_at,
            row.session_key == here,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.here)


def last_sign_ins(user: User, count: int = 2) -> list[SignIn]:
    """The newest first: this one and the one before."""
    events = AuditEvent.objects.about(user).filter(action="account.signed_in").order_by("-id")
    return [SignIn(event.at, str(event.changes.get("address", ""))) for event in events[:count]]


def device_in_words(agent: str) -> str:
    """Chrome 浏览器，Windows 电脑: what people recognise of a User-Agent."""
    found = [
        next((words for pattern, words in table if pattern.search(agent)), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return "，".join(filter(None, found)) or UNKNOWN
