"""The head of a department states that a month brought nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit

from ..exceptions import RegisterRefused
from ..models import DECISION_MODELS, ZeroReport
from ..selectors.zero_reports import MonthOfKind, month_of


@transaction.atomic
def sign_zero_report(*, department: Department, kind: str, month: dt.date, by: User) -> ZeroReport:
    """Refused while the portal holds anything of that month, or asks about missing numbers of it."""
    policy.require(by, Permission.ZERO_SIGN, department)
    Department.objects.select_for_update().get(pk=department.pk)
    if sentence := why_not_zero(department, kind, month):
        raise RegisterRefused(sentence)
    report = ZeroReport.objects.create(
        department=department,
        kind=kind,
        month=month,
        signed_by=by,
        signed_at=timezone.now(),
    )
    audit.record("zero.signed", by=by, subject=report, department_code=department.uscc)
    return report


def why_not_zero(department: Department, kind: str, month: dt.date) -> str:
    """The sentence that says why nothing can be signed for this month, or nothing."""
    if kind not in DECISION_MODELS or month.day != 1:
        return "请选择种类和月份。"
    if month >= timezone.localdate().replace(day=1):
        return "这个月还没有结束，下月起才能签报。"
    return why_not_empty(month_of(department, kind, month))


def why_not_empty(found: MonthOfKind) -> str:
    if found.report is not None:
        return f"{found.report.signed_by}已签报过，不用重复签报。"
    if found.decisions:
        return f"系统中这个月有 {found.decisions} 条决定，不能签报本期无数据。"
    if found.absent.gaps:
        return f"这个月还有 {found.absent.gaps} 个缺号没有说明或属漏报，不能签报本期无数据。"
    if found.absent.cases:
        return f"办案系统中这个月有 {found.absent.cases} 件案件应报未报，不能签报本期无数据。"
    return ""
