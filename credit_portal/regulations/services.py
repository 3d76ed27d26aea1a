"""Changes to the working-day calendar. Who may change it is asked by the caller, a floor above.

Provisional dates are computed again by their owners once the change is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from credit_portal.audit.services import record

from .calendar import FIRST_DAY, LAST_DAY, forget
from .exceptions import CalendarRefused
from .models import CalendarDay, CalendarYear
from .seed import DayRow, package_years, source_of
from .statutory import statutory_days

if TYPE_CHECKING:
    from credit_portal.accounts.models import User


def _told(day: CalendarDay | None) -> str:
    return f"{day.get_kind_display()}：{day.name}（{day.source}）" if day else ""


def _forget() -> None:
    """Now, for the rest of this transaction, and once more when others could have read in between."""
    forget()
    transaction.on_commit(forget)


@transaction.atomic
def set_day(*, day: date, kind: str, name: str, source: str, by: User | None) -> CalendarDay:
    """Override one day by a document of its own, e.g. an extended holiday."""
    _check_row(DayRow(day, kind, name))
    _check_source(source)
    old = CalendarDay.objects.select_for_update().filter(day=day).first()
    before = _told(old)
    row = old or CalendarDay(day=day)
    row.kind, row.name, row.source = kind, name, source
    row.save()
    record("calendar.day_set", by=by, subject=row, changes={"day": [before, _told(row)]})
    _forget()
    return row


@transaction.atomic
def remove_day(*, day: date, by: User | None) -> None:
    """Make it an ordinary day of the week again."""
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise CalendarRefused(f"{day}没有登记为特殊日期。")
    record("calendar.day_removed", by=by, subject=row, changes={"day": [_told(row), ""]})
    row.delete()
    _forget()


@transaction.atomic
def load_year(*, year: int, days: Sequence[DayRow], source: str, by: User | None) -> CalendarYear:
    """Take in a year's notice, in place of what was loaded for it before.

    Days that were set one by one under another document stay as they are. The notice may move the last
    days of December before it.
    """
    _check_year(year, days)
    _check_source(source)
    old = CalendarYear.objects.select_for_update().filter(year=year).first()
    before = old.source if old else ""
    if old is not None:
        CalendarDay.objects.filter(day__year=year, source=old.source).delete()
    row, _ = CalendarYear.objects.update_or_create(year=year, defaults={"source": source})
    _store([item for item in days if item.day.year == year], source, replace=False)
    _store([item for item in days if item.day.year < year], source, replace=True)
    after = f"{source}（{len(days)}天）"
    record("calendar.year_loaded", by=by, subject=row, changes={"source": [before, after]})
    _forget()
    return row


def seed_from_package(*, by: User | None) -> tuple[int, ...]:
    """Load the years that the installed calendar package has and the table has not."""
    loaded = set(CalendarYear.objects.values_list("year", flat=True))
    missing = {year: rows for year, rows in package_years().items() if year not in loaded}
    with transaction.atomic():
        for year, rows in missing.items():
            load_year(year=year, days=rows, source=source_of(year), by=by)
    return tuple(missing)


def _store(rows: Sequence[DayRow], source: str, *, replace: bool) -> None:
    days = [CalendarDay(day=r.day, kind=r.kind, name=r.name, source=source) for r in rows]
    if replace:
        CalendarDay.objects.bulk_create(
            days,
            update_conflicts=True,
            unique_fields=["day"],
            update_fields=["kind", "name", "source"],
        )
    else:
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)


def _check_source(source: str) -> None:
    if not source.strip() or len(source) > 200:
        raise CalendarRefused("请填写依据文件（不超过200字）。")


def _check_row(row: DayRow) -> None:
    if row.kind not in CalendarDay.Kind.values:
        raise CalendarRefused(f"{row.day}的性质应为 rest（休息）或者 work（上班）。")
    if not row.name.strip() or len(row.name) > 40:
        raise CalendarRefused(f"{row.day}的名称不能为空，不超过40字。")


def _check_year(year: int, days: Sequence[DayRow]) -> None:
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise CalendarRefused(f"年份 {year} 超出范围。")
    for row in days:
        _check_row(row)
        if not date(year - 1, 12, 1) <= row.day <= date(year, 12, 31):
            raise CalendarRefused(f"{row.day}不属于{year}年的放假安排。")
        if row.kind == CalendarDay.Kind.WORK and row.day.weekday() < 5:
            raise CalendarRefused(f"{row.day}是周一至周五，不必登记为上班。")
    if len({row.day for row in days}) < len(days):
        raise CalendarRefused("同一日期出现了两次。")
    _check_holidays(year, {row.day for row in days if row.kind == CalendarDay.Kind.REST})


def _check_holidays(year: int, rest: set[date]) -> None:
    """An arrangement without its statutory holidays is cut off or of another year; it would make wrong deadlines."""
    missing = [
        f"{day}（{name}）"
        for day, name in statutory_days(year).items()
        if day.weekday() < 5 and day not in rest
    ]
    if year >= 2008 and missing:
        raise CalendarRefused(f"{year}年放假安排缺少法定节假日：{'、'.join(missing)}。")
