"""Sessions of one person: kept in a list, so that they can be seen and ended."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import User, UserSession
from credit_portal.audit.services import record

AGENT_LENGTH = 300


def note_session(*, user_id: int, session_key: str, address: str, agent: str) -> None:
    """This session was used just now."""
    now = timezone.now()
    used = {"seen_at": now, "address": address, "agent": agent[:AGENT_LENGTH]}
    UserSession.objects.update_or_create(
        session_key=session_key,
        user_id=user_id,
        defaults=used,
        create_defaults=used | {"began_at": lambda: signed_in_at(user_id) or now},
    )


def signed_in_at(user_id: int) -> dt.datetime | None:
    """A session that goes on under a new key after a change of password began when the person signed in."""
    return User.objects.values_list("last_login", flat=True).get(pk=user_id)


@transaction.atomic
def end_session(*, user: User, pk: int, by: User) -> None:
    """End one session of this person; its next request is a stranger's."""
    row = UserSession.objects.visible_to(user).filter(pk=pk).first()
    if row is None:
        raise AccountRefused("该登录已经结束。")
    _end([row.session_key])
    record("account.session_ended", by=by, subject=user, changes={"address": row.address})


@transaction.atomic
def end_other_sessions(*, user: User, keep: str, by: User) -> int:
    """End every session of this person but the one of this key; answers how many were alive."""
    others = UserSession.objects.visible_to(user).exclude(session_key=keep)
    alive = others.alive(timezone.now()).count()
    _end(list(others.values_list("session_key", flat=True)))
    if alive:
        record("account.session_ended", by=by, subject=user, changes={"sessions": alive})
    return alive


def sweep_sessions() -> int:
    """Forget sessions that are over; answers how many."""
    now = timezone.now()
    Session.objects.filter(expire_date__lte=now).delete()
    count, _ = UserSession.objects.gone(now).delete()
    return count


def was_ended(session_key: str) -> bool:
    """Whether the session of this browser was ended from another place, as long as the list remembers."""
    return UserSession.objects.ended(session_key).exists()


def _end(keys: list[str]) -> None:
    """The row stays until the next sweep, so that the browser can be told what happened to its session."""
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).update(ended_at=timezone.now())
