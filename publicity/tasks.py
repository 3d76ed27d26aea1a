"""Scheduled work of the app: a slot, then one service call."""

from celery import shared_task
from django.utils import timezone

from credit_portal.jobs import services as jobs

from . import services
from .selectors.open_data import is_due, made_today

COMPARE_FROM = 2  # o'clock in Huainan


@shared_task(name="publicity.check_deadlines")
def check_deadlines() -> jobs.Done | None:
    """Every quarter of an hour: recompute provisional dates, then warn."""
    now = timezone.localtime()
    slot = f"{now:%Y-%m-%dT%H}:{now.minute // 15 * 15:02d}"
    return jobs.once("publicity.check_deadlines", slot, run_clocks)


def run_clocks() -> jobs.Done:
    moved = services.recompute_open()
    sent = services.warn_of_deadlines() + services.warn_of_rejections()
    return jobs.Done(moved + sent, f"重新计算 {moved} 条，提醒 {sent} 次")


@shared_task(name="publicity.write_open_data")
def write_open_data() -> jobs.Done | None:
    """Every minute and after each withdrawal: the files of the day, and again when a row must leave them.

    The day's first run has the day as its slot, so that a missed one is made up for once; the others have the minute.
    """
    if not is_due():
        return jobs.Done(0, "没有变化，不用重新生成")
    now = timezone.localtime()
    slot = f"{now:%Y-%m-%d}" if not made_today() else jobs.slot_of(now, 1)
    return jobs.once("publicity.write_open_data", slot, services.write_open_data)


@shared_task(name="publicity.compare_deliveries")
def compare_deliveries() -> jobs.Done | None:
    """After two at night, once a day; a night that was missed is made up for by the next ring."""
    now = timezone.localtime()
    if now.hour < COMPARE_FROM or services.compared_today():
        return jobs.Done(0, "未到时间或今天已对账")
    return jobs.once(
        "publicity.compare_deliveries", jobs.slot_of(now, 30), services.compare_deliveries
    )


@shared_task(name="publicity.expire_publications")
def expire_publications() -> jobs.Done | None:
    now = timezone.localtime()
    slot = f"{now:%Y-%m-%dT%H}:{now.minute // 10 * 10:02d}"
    return jobs.once("publicity.expire_publications", slot, take_down)


def take_down() -> jobs.Done:
    ended = services.expire_publications()
    return jobs.Done(ended, f"期满撤下 {ended} 条")
