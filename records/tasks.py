"""Scheduled work of the app: a slot, then one service call."""

from celery import shared_task
from django.utils import timezone

from credit_portal.jobs import services as jobs

from . import services


@shared_task(name="records.warn_of_expiring_delegates")
def warn_of_expiring_delegates() -> jobs.Done | None:
    """Every hour, so that a morning without a worker delays the warning and does not lose it."""
    now = timezone.localtime()
    return jobs.once("records.warn_of_expiring_delegates", f"{now:%Y-%m-%dT%H}", warn)


def warn() -> jobs.Done:
    told = services.warn_of_expiring_delegates()
    return jobs.Done(told, f"提醒 {told} 次")
