"""Scheduled tidying of what several packages below keep for a while: a slot, then their services."""

from celery import shared_task
from django.utils import timezone

from credit_portal.accounts.services import sweep_kept_forms, sweep_sessions
from credit_portal.desk.services import sweep_drafts
from credit_portal.jobs import services as jobs


@shared_task(name="portals.sweep")
def sweep() -> jobs.Done | None:
    """Every hour: drafts nobody came back to, forms kept over a sign-in, sessions that are over."""
    return jobs.once("portals.sweep", jobs.slot_of(timezone.now(), 60), tidy)


def tidy() -> jobs.Done:
    drafts, forms, sessions = sweep_drafts(), sweep_kept_forms(), sweep_sessions()
    words = f"清理未提交的表单 {drafts} 份，失效时保留的表单 {forms} 份，结束的会话 {sessions} 个"
    return jobs.Done(drafts + forms + sessions, words)
