"""Sessions end: after a while without use, and after a day's work whatever happens."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponseBase

from . import policy, security

BEGAN = "session_began"
SEEN = "session_seen"
# How exact the idle clock is; a finer one would write the session on every request.
GRAIN = 60


class SessionLimitMiddleware:
    """Ends what is too old, and keeps pages of signed-in people out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        personal = SESSION_KEY in request.session
        if personal:
            self._watch(request)
        response = self.get_response(request)
        if (personal or request.path.startswith("/sign-in/")) and not response.has_header(
            "Cache-Control"
        ):
            response["Cache-Control"] = "no-store, private"
        return response

    def _watch(self, request: HttpRequest) -> None:
        now = time.time()
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        if _too_old(request, dt.timedelta(seconds=now - began), dt.timedelta(seconds=now - seen)):
            logout(request)
            messages.warning(request, "会话已超时，请重新登录。")
        elif now - seen >= GRAIN:
            request.session[SEEN] = now


def _too_old(request: HttpRequest, age: dt.timedelta, idle: dt.timedelta) -> bool:
    if age > security.absolute_limit():
        return True
    if idle <= min(security.idle_limit(staff=True), security.idle_limit(staff=False)):
        return False
    return idle > security.idle_limit(staff=policy.is_staff_member(request.user))
