"""The nightly comparison with the platform: once a day, and whose records differ is told once."""

from __future__ import annotations

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.jobs.services import Done
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.outbox import services as outbox
from credit_portal.outbox.models import Comparison, Difference


def compare_deliveries() -> Done:
    run = outbox.compare()
    if run is None:
        return Done(0, "手工报送或未设置市平台，不对账")
    tell_of_differences(run)
    return Done(run.theirs, f"核对 {run.ours} 条，差异 {run.found} 条，其中新发现 {run.fresh} 条")


def tell_of_differences(run: Comparison) -> int:
    """Of what was found for the first time, the people who can do something about it."""
    fresh = Difference.objects.open().filter(first_seen_at=run.began_at).order_by()
    counts = dict(fresh.values_list("department_code").annotate(count=Count("pk")))
    told = 0
    for department in Department.objects.filter(uscc__in=counts):
        told += notices.notify(
            recipients=people_of(department),
            key=f"differences:{run.pk}:{department.pk}",
            text=f"与市平台对账发现 {counts[department.uscc]} 条记录不一致，请核对后补报或说明。",
            level=Notice.Level.RED,
            link=reverse("staff:publicity:difference_list"),
        )
    return told


def people_of(department: Department) -> list[User]:
    if not department.is_committee_office:
        return list(policy.holders(Permission.DELIVERY_REPLAY, department))
    everybody = policy.holders_anywhere(Permission.DELIVERY_VIEW)
    return [user for user in everybody if policy.may_everywhere(user, Permission.DELIVERY_VIEW)]


def compared_today() -> bool:
    last = Comparison.objects.first()
    return last is not None and timezone.localdate(last.began_at) == timezone.localdate()
