"""Describing the numbering series of a department."""

from __future__ import annotations

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit

from ..exceptions import RegisterRefused
from ..models import DECISION_MODELS, NumberSeries
from ..numbering import read_pattern

EARLIEST_YEAR, LATEST_YEAR = 2000, 2099


@transaction.atomic
def define_series(
    *,
    department: Department,
    kind: str,
    pattern: str,
    first_number: int,
    from_year: int,
    until_year: int | None,
    by: User,
) -> NumberSeries:
    """A new series. Two series of one 代字 never hold in the same year."""
    policy.require(by, Permission.REGISTER_EDIT, department)
    read = read_pattern(pattern)
    if kind not in DECISION_MODELS:
        raise RegisterRefused("请选择种类。", field="kind")
    series = NumberSeries(
        department=department,
        kind=kind,
        pattern=read.text,
        stem=read.stem,
        width=read.width,
        first_number=first_number,
        from_year=from_year,
        until_year=until_year,
        created_by=by,
    )
    save(series)
    audit.record("series.defined", by=by, subject=series, department_code=department.uscc)
    return series


@transaction.atomic
def change_series(
    *,
    series: NumberSeries,
    pattern: str,
    first_number: int,
    from_year: int,
    until_year: int | None,
    by: User,
) -> NumberSeries:
    """Another spelling, first number or years. Another 代字 is another series."""
    policy.require(by, Permission.REGISTER_EDIT, series.department)
    read = read_pattern(pattern)
    if read.stem != series.stem:
        raise RegisterRefused(
            "机关代字变了就是另一个系列。请给本规则填写停用年份，再为新的代字登记一条规则。",
            field="pattern",
        )
    before = facts(series)
    series.pattern, series.width = read.text, read.width
    series.first_number = first_number
    series.from_year, series.until_year = from_year, until_year
    save(series)
    after = facts(series)
    audit.record(
        "series.changed",
        by=by,
        subject=series,
        department_code=series.department.uscc,
        changes={
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        },
    )
    return series


def facts(series: NumberSeries) -> dict[str, str]:
    return {
        "文号样式": series.pattern,
        "每年起始序号": str(series.first_number),
        "启用年份": str(series.from_year),
        "停用年份": str(series.until_year or ""),
    }


def save(series: NumberSeries) -> None:
    """Two people describe series of one department one after the other: the row of the department is the lock."""
    Department.objects.select_for_update().get(pk=series.department_id)
    refuse_years(series)
    rows = NumberSeries.objects.filter(
        department=series.department, kind=series.kind, stem=series.stem
    ).exclude(pk=series.pk)
    twin = rows.overlapping(series.from_year, series.until_year).first()
    if twin is not None:
        raise RegisterRefused(
            f"这个代字在这些年份已有规则（{twin.pattern}，自{twin.from_year}年）。请修改那条规则。",
            field="pattern",
        )
    series.save()


def refuse_years(series: NumberSeries) -> None:
    if series.first_number < 1:
        raise RegisterRefused("起始序号最小是 1。", field="first_number")
    if not EARLIEST_YEAR <= series.from_year <= LATEST_YEAR:
        raise RegisterRefused(
            f"启用年份应在 {EARLIEST_YEAR} 到 {LATEST_YEAR} 之间。", field="from_year"
        )
    if series.until_year is not None and series.until_year < series.from_year:
        raise RegisterRefused("停用年份不能早于启用年份。", field="until_year")
