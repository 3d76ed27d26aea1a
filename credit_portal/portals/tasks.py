"""Scheduled work for several packages below: a slot, then their services."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from credit_portal.accounts.services import sweep_kept_forms, sweep_sessions
from credit_portal.desk.services import sweep_drafts
from credit_portal.jobs import services as jobs
from credit_portal.notices.services import sweep_dispatches

from .digest import digest_is_due, send_digests


@shared_task(name="portals.sweep")
def sweep() -> jobs.Done | None:
    """Every hour: drafts nobody came back to, forms kept over a sign-in, sessions that are over."""
    return jobs.once("portals.sweep", jobs.slot_of(timezone.now(), 60), tidy)


def tidy() -> jobs.Done:
    drafts, forms, sessions = sweep_drafts(), sweep_kept_forms(), sweep_sessions()
    messages = sweep_dispatches()
    words = (
        f"清理未提交的表单 {drafts} 份，失效时保留的表单 {forms} 份，结束的会话 {sessions} 个，"
        f"过期的邮件和短信记录 {messages} 条"
    )
    return jobs.Done(drafts + forms + sessions + messages, words)


@shared_task(name="portals.send_digests")
def send_daily_digests() -> jobs.Done | None:
    """Rings all day and acts once, on the first ring after the desk has opened."""
    now = timezone.now()
    if not digest_is_due(now):
        return jobs.Done(0, "未到发送时间")
    day = timezone.localdate(now)
    return jobs.once("portals.send_digests", str(day), lambda: told(day))


def told(day: dt.date) -> jobs.Done:
    count = send_digests(day)
    return jobs.Done(count, f"告知 {count} 人")
