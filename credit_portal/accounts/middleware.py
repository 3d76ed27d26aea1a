"""Sessions end: after a while without use, and after a day's work whatever happens."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from . import policy, security
from .addresses import client_address
from .cookies import LAST_PERSON, LAST_PERSON_AGE
from .services import note_session, was_ended

BEGAN = "session_began"
SEEN = "session_seen"
NOTED = "session_noted"  # key of the session when it was last written into the list
# How exact the idle clock is; a finer one would write the session on every request.
GRAIN = 60
ENDED = "您的登录已在另一处被结束，请重新登录。"
SALT = "accounts.last-person"


class SessionLimitMiddleware:
    """Ends what is too old, lists what lives, and keeps pages of signed-in people out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        personal = SESSION_KEY in request.session
        timed_out = personal and self._watch(request)
        response = self.get_response(request)
        if not timed_out and _refused(request, response):
            _tell_who_ended(request)
        if SESSION_KEY in request.session:
            _note(request)
            _name_person(request, response)
        if (personal or request.path.startswith("/sign-in/")) and not response.has_header(
            "Cache-Control"
        ):
            response["Cache-Control"] = "no-store, private"
        return response

    def _watch(self, request: HttpRequest) -> bool:
        """Answers whether the time of the session was over."""
        now = time.time()
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        if _too_old(request, dt.timedelta(seconds=now - began), dt.timedelta(seconds=now - seen)):
            logout(request)
            if request.method in ("GET", "HEAD"):  # the gates tell more about what a form sent
                messages.warning(request, "会话已超时，请重新登录。")
            return True
        if now - seen >= GRAIN:
            request.session[SEEN] = now
            request.session.pop(NOTED, None)
        return False


class TimeLeft(NamedTuple):
    """Seconds until the session ends without use, and until it ends in any case."""

    idle: int
    absolute: int


def time_left(request: HttpRequest) -> TimeLeft:
    """What the clock of this session of a signed-in person says."""
    now = time.time()
    idle = security.idle_limit(staff=policy.is_staff_member(request.user)).total_seconds()
    idle -= now - request.session.get(SEEN, now)
    absolute = security.absolute_limit().total_seconds() - (now - request.session.get(BEGAN, now))
    return TimeLeft(math.floor(idle), math.floor(absolute))


def renew(request: HttpRequest) -> None:
    """The person is there: the idle clock begins anew. The other one does not."""
    request.session[SEEN] = time.time()
    request.session.pop(NOTED, None)


def last_person(request: HttpRequest) -> int | None:
    """Number of the person whose session there is, or was last, at this browser."""
    said = request.get_signed_cookie(LAST_PERSON, default="", salt=SALT, max_age=LAST_PERSON_AGE)
    return int(said) if said else None


def _too_old(request: HttpRequest, age: dt.timedelta, idle: dt.timedelta) -> bool:
    if age > security.absolute_limit():
        return True
    if idle <= min(security.idle_limit(staff=True), security.idle_limit(staff=False)):
        return False
    return idle > security.idle_limit(staff=policy.is_staff_member(request.user))


def _refused(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a stranger was sent to the door, or a script was told to."""
    if SESSION_KEY in request.session or request.path == reverse("account_logout"):
        return False
    to_door = response.headers.get("Location", "").startswith(reverse("account_login"))
    return response.status_code == HTTPStatus.UNAUTHORIZED or to_door


def _tell_who_ended(request: HttpRequest) -> None:
    """Said once: this answer takes the cookie of the dead session away."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if key and was_ended(key):
        messages.warning(request, ENDED)


def _note(request: HttpRequest) -> None:
    """List the session: at its first answer, under each new key, and as often as the idle clock is written."""
    key = request.session.session_key
    if key is None or request.session.get(NOTED) == key:
        return
    note_session(
        user_id=int(request.session[SESSION_KEY]),
        session_key=key,
        address=client_address(request),
        agent=request.headers.get("User-Agent", ""),
    )
    request.session[NOTED] = key


def _name_person(request: HttpRequest, response: HttpResponseBase) -> None:
    person = request.session[SESSION_KEY]
    if str(last_person(request) or "") != person:
        response.set_signed_cookie(
            LAST_PERSON,
            person,
            salt=SALT,
            max_age=LAST_PERSON_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
