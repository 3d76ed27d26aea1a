"""Telling people, once for each key; and by mail or short message those who asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.telling import SignInChange
from credit_portal.waking import wake_on_commit

from ..models import Contact, Dispatch, Notice

SEND = "notices.send"
# One statement, so that two workers that say the same thing at once say it once.
INSERT = """
INSERT INTO notices_notice (recipient_id, key, level, text, outside, link, created_at)
SELECT recipient, %s, %s, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS recipient
ON CONFLICT (recipient_id, key) DO NOTHING
RETURNING id, recipient_id
"""
NEWS = "您有一条新的紧急通知，请登录系统查看。"


@transaction.atomic
def notify(
    *,
    recipients: Iterable[User],
    key: str,
    text: str,
    level: str = Notice.Level.INFO,
    link: str = "",
    outside: str = "",
    daily: bool = False,
) -> int:
    """Tell each recipient unless already told; answers how many were.

    Urgent (red) notices and the summary of the day leave the portal too, for those who want that. `outside` is what
    is said there: mail and short messages are read on the way, so it names neither firms nor people.
    """
    ids = sorted({user.pk for user in recipients})
    level = Notice.Level(level).value
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (key, level, text[:500], outside[:500], link, timezone.now(), ids))
        told = {recipient: notice for notice, recipient in cursor.fetchall()}
    if told and (daily or level == Notice.Level.RED):
        send_outside(told, level, outside or NEWS, daily=daily)
    return len(told)


def send_outside(told: dict[int, int], level: str, text: str, *, daily: bool) -> None:
    """`told`: recipient → notice."""
    urgent = level == Notice.Level.RED
    contacts = Contact.objects.wanting(urgent=urgent, daily=daily, among=told)
    now = timezone.now()
    messages = [
        Dispatch(
            recipient=contact.user,
            channel=channel,
            address=address,
            subject="今日待办" if daily else "紧急通知",
            text=text,
            key=f"notice:{told[contact.user_id]}:{channel}",
            due_at=now,
        )
        for contact in contacts
        for channel, address in ways(contact, urgent=urgent, daily=daily)
    ]
    if messages:
        Dispatch.objects.bulk_create(messages)
        wake_on_commit(SEND)


def ways(contact: Contact, *, urgent: bool, daily: bool) -> list[tuple[str, str]]:
    """Channel and address of each way that the person wants and that the installation has."""
    found: list[tuple[str, str]] = []
    by_mail = (daily and contact.mail_daily) or (urgent and contact.mail_urgent)
    if by_mail and contact.confirmed_at and settings.MAIL_IS_ON:
        found.append((Dispatch.Channel.MAIL, contact.email))
    if urgent and contact.text_urgent and contact.user.phone and settings.MESSENGER:
        found.append((Dispatch.Channel.TEXT, contact.user.phone))
    return found


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
