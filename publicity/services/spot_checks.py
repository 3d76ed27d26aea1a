"""The committee office draws cases of a department and month and says of each whether it was reported."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit

from ..exceptions import RegisterRefused
from ..models import RegisterCase, SpotCheck, SpotCheckRow
from ..sampling import draw, population_digest
from .steps import reason_of

Finding = SpotCheckRow.Finding
LARGEST = 500  # cases of one draw


def case_name(case: RegisterCase) -> str:
    """What a case is called in the population."""
    return f"{case.kind}:{case.case_number}"


@transaction.atomic
def draw_spot_check(*, department: Department, month: dt.date, size: int, by: User) -> SpotCheck:
    """Draw from all cases decided in the month, whatever the department says of them. The seed is made here: nobody
    chooses it."""
    policy.require(by, Permission.SPOT_CHECK, department)
    first = month.replace(day=1)
    rows = RegisterCase.objects.filter(department=department).decided_in(first)
    cases = {case_name(case): case for case in rows}
    if not cases:
        raise RegisterRefused(
            "案件台账中没有这个单位这个月作出决定的案件，无法抽取。", field="month"
        )
    if not 1 <= size <= LARGEST:
        raise RegisterRefused(f"抽取件数应在 1 到 {LARGEST} 之间。", field="size")
    seed, now = secrets.token_hex(16), timezone.now()
    drawn = draw(seed, cases, size)
    check = SpotCheck.objects.create(
        department=department,
        month=first,
        seed=seed,
        names=sorted(cases),
        population=len(cases),
        population_digest=population_digest(cases),
        size=len(drawn),
        drawn_by=by,
        drawn_at=now,
    )
    SpotCheckRow.objects.bulk_create(
        frozen(check, place, cases[name]) for place, name in enumerate(drawn, start=1)
    )
    audit.record("spot.drawn", by=by, subject=check, department_code=department.uscc)
    return check


def frozen(check: SpotCheck, place: int, case: RegisterCase) -> SpotCheckRow:
    names = ("kind", "case_number", "party_name", "document_number", "decided_on")
    values = {name: getattr(case, name) for name in names}
    return SpotCheckRow(check_of=check, place=place, case=case, **values)


@transaction.atomic
def record_findings(
    *, check: SpotCheck, findings: Mapping[int, tuple[str, str]], by: User
) -> SpotCheck:
    """Note what was found of these rows (id → finding, reason). Once every row has its finding the check is concluded
    and counts; after that nothing changes."""
    policy.require(by, Permission.SPOT_CHECK, check.department)
    check = SpotCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    if check.concluded_at is not None:
        raise RegisterRefused("这次抽查已经核定，不能修改。")
    rows = list(check.rows.filter(pk__in=findings))
    now = timezone.now()
    for row in rows:
        row.finding, reason = findings[row.pk]
        if row.finding not in Finding.values:
            raise RegisterRefused("请选择结论。")
        row.reason = (
            reason_of(reason, f"“{row.case_number}”无需上报的理由")
            if (row.finding == Finding.EXEMPT)
            else reason.replace("\x00", "").strip()[:500]
        )
        row.found_by, row.found_at = by, now
    SpotCheckRow.objects.bulk_update(rows, ["finding", "reason", "found_by", "found_at"])
    if not check.rows.filter(finding="").exists():
        check.concluded_by, check.concluded_at = by, now
        check.save(update_fields=["concluded_by", "concluded_at"])
    audit.record(
        "spot.concluded" if check.concluded_at else "spot.recorded",
        by=by,
        subject=check,
        department_code=check.department.uscc,
    )
    return check
