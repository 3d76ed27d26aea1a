"""Telling people, once for each key."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.telling import SignInChange

from .models import Notice

# One statement, so that two workers that say the same thing at once say it once.
INSERT = """
INSERT INTO notices_notice (recipient_id, key, level, text, link, created_at)
SELECT recipient, %s, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS recipient
ON CONFLICT (recipient_id, key) DO NOTHING
"""


def notify(
    *,
    recipients: Iterable[User],
    key: str,
    text: str,
    level: str = Notice.Level.INFO,
    link: str = "",
) -> int:
    """Tell each recipient unless already told; answers how many were."""
    ids = sorted({user.pk for user in recipients})
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, (key, Notice.Level(level).value, text[:500], link, timezone.now(), ids)
        )
        return int(cursor.rowcount)


def tell_of_sign_in(change: SignInChange) -> None:
    """The person whose account it is."""
    notify(
        recipients=[change.user],
        key=change.key,
        text=f"账号安全提示：{change.what}。如非您本人操作，请立即修改密码并结束其他登录。",
        link=reverse("mfa_index"),
    )


def mark_read(*, by: User, notice: Notice | None = None) -> int:
    """Mark one notice of the person, or all of them, as read."""
    rows = Notice.objects.visible_to(by).unread()
    if notice is not None:
        rows = rows.filter(pk=notice.pk)
    return rows.update(read_at=timezone.now())
