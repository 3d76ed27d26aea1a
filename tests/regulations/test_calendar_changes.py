import dataclasses
import datetime as dt

import pytest

from credit_portal.audit.models import AuditEvent
from credit_portal.audit.presenters import words_for
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.exceptions import CalendarRefused
from credit_portal.regulations.models import CalendarDay, CalendarYear
from credit_portal.regulations.seed import DayRow, package_years
from credit_portal.regulations.selectors import missing_year_warning, missing_years
from credit_portal.regulations.services import load_year, remove_day, seed_from_package, set_day

pytestmark = pytest.mark.usefixtures("seeded")
D = dt.date
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"


def state():
    return list(CalendarDay.objects.values_list("day", "kind", "name", "source")), list(
        CalendarYear.objects.values_list("year", "source")
    )


def test_a_day_is_set_and_taken_back():
    row = set_day(day=D(2026, 11, 25), kind="rest", name="临时放假", source="市政府通知", by=None)
    assert load_calendar().name_of(D(2026, 11, 25)) == "临时放假"
    event = AuditEvent.objects.get(action="calendar.day_set")
    assert event.changes == {"day": ["", "休息日：临时放假（市政府通知）"]}
    assert words_for(event.action) == "登记特殊日期"
    remove_day(day=row.day, by=None)
    assert load_calendar().is_workday(D(2026, 11, 25))
    removed = AuditEvent.objects.get(action="calendar.day_removed")
    assert removed.changes == {"day": ["休息日：临时放假（市政府通知）", ""]}


def test_a_day_of_the_notice_is_overridden():
    set_day(day=D(2026, 10, 10), kind="rest", name="国庆节", source="更正通知", by=None)
    assert not load_calendar().is_workday(D(2026, 10, 10))
    event = AuditEvent.objects.get(action="calendar.day_set")
    assert event.changes["day"][0].startswith("调休上班：国庆节")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"kind": "party"}, "应为 rest"),
        ({"name": " "}, "名称不能为空"),
        ({"name": "长" * 41}, "不超过40字"),
        ({"source": ""}, "请填写依据文件"),
        ({"source": "长" * 201}, "请填写依据文件"),
    ],
)
def test_an_incomplete_day_is_refused(change, problem):
    before = state()
    good = {"day": D(2026, 11, 25), "kind": "rest", "name": "放假", "source": "通知", "by": None}
    with pytest.raises(CalendarRefused, match=problem):
        set_day(**good | change)
    assert state() == before


def test_an_ordinary_day_cannot_be_removed():
    with pytest.raises(CalendarRefused, match="2026-11-25没有登记为特殊日期"):
        remove_day(day=D(2026, 11, 25), by=None)


def test_a_year_is_loaded(arrangement_2027):
    load_year(year=2027, days=arrangement_2027, source=SOURCE, by=None)
    calendar = load_calendar()
    assert calendar.is_loaded(2027)
    assert calendar.is_workday(D(2027, 1, 9))
    event = AuditEvent.objects.get(action="calendar.year_loaded")
    assert event.changes == {"source": ["", f"{SOURCE}（{len(arrangement_2027)}天）"]}
    assert event.actor_name == "系统"


def test_the_calendar_is_read_again_only_after_commit_elsewhere(
    arrangement_2027, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        load_year(year=2027, days=arrangement_2027, source=SOURCE, by=None)
    before = load_calendar()
    callbacks[0]()
    assert load_calendar() is not before


def test_loading_again_replaces_the_notice_but_not_single_decisions(arrangement_2027):
    load_year(year=2027, days=arrangement_2027, source=SOURCE, by=None)
    set_day(day=D(2027, 10, 8), kind="rest", name="国庆节", source="延长假期的通知", by=None)
    shorter = [row for row in arrangement_2027 if row.day != D(2027, 1, 9)]
    load_year(year=2027, days=shorter, source="更正通知", by=None)
    calendar = load_calendar()
    assert not calendar.is_workday(D(2027, 1, 9))
    assert not calendar.is_workday(D(2027, 10, 8))
    assert CalendarYear.objects.get(year=2027).source == "更正通知"


def test_a_notice_may_move_the_last_days_of_the_year_before(arrangement_2027):
    days = [*arrangement_2027, DayRow(D(2026, 12, 26), "work", "元旦")]
    load_year(year=2027, days=days, source=SOURCE, by=None)
    load_year(year=2027, days=days, source=SOURCE, by=None)
    assert load_calendar().is_workday(D(2026, 12, 26))


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (DayRow(D(2028, 1, 1), "rest", "元旦"), "2028-01-01不属于2027年"),
        (DayRow(D(2026, 11, 30), "rest", "元旦"), "2026-11-30不属于2027年"),
        (DayRow(D(2027, 1, 8), "work", "元旦"), "2027-01-08是周一至周五"),
        (DayRow(D(2027, 1, 1), "rest", "元旦"), "同一日期出现了两次"),
        (DayRow(D(2027, 1, 10), "holiday", "元旦"), "应为 rest"),
    ],
)
def test_a_wrong_notice_is_refused_whole(arrangement_2027, extra, problem):
    before = state()
    with pytest.raises(CalendarRefused, match=problem):
        load_year(year=2027, days=[*arrangement_2027, extra], source=SOURCE, by=None)
    assert state() == before
    assert not AuditEvent.objects.exists()


def test_a_notice_cut_off_is_refused(arrangement_2027):
    days = [row for row in arrangement_2027 if row.name not in ("国庆节", "元旦")]
    with pytest.raises(
        CalendarRefused, match="2027年放假安排缺少法定节假日：2027-01-01（元旦）、2027-10-01"
    ):
        load_year(year=2027, days=days, source=SOURCE, by=None)
    assert not load_calendar().is_loaded(2027)


def test_a_notice_needs_a_plausible_year_and_a_source(arrangement_2027):
    with pytest.raises(CalendarRefused, match="年份 20270 超出范围"):
        load_year(year=20270, days=(), source=SOURCE, by=None)
    with pytest.raises(CalendarRefused, match="请填写依据文件"):
        load_year(year=2027, days=arrangement_2027, source=" ", by=None)


def test_years_of_the_package_are_filled_in_where_missing():
    assert seed_from_package(by=None) == ()
    CalendarYear.objects.filter(year=2026).delete()
    CalendarDay.objects.filter(day__year=2026).delete()
    assert not load_calendar(max_age=0).is_loaded(2026)
    assert seed_from_package(by=None) == (2026,)
    assert CalendarDay.objects.filter(day__year=2026).count() == len(package_years()[2026])


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (D(2026, 10, 31), []),
        (D(2026, 11, 1), [2027]),
        (D(2026, 12, 31), [2027]),
        (D(2027, 1, 1), [2027]),
        (D(2027, 11, 1), [2027, 2028]),
    ],
)
def test_staff_are_warned_from_november(calendar, today, years):
    assert list(missing_years(today, calendar)) == years


def test_the_warning_says_who_does_what(arrangement_2027):
    november = D(2026, 11, 1)
    assert missing_year_warning(november, caretaker=False) == (
        "2027年放假安排尚未载入，涉及的期限均为暂定。"
        "国务院办公厅公布后由安委办安排载入，期限自动重新计算，您不必办理。"
    )
    assert "请将放假安排交系统运维人员载入" in missing_year_warning(november, caretaker=True)
    assert missing_year_warning(D(2027, 11, 1), caretaker=False).startswith("2027年、2028年放假")
    load_year(year=2027, days=arrangement_2027, source=SOURCE, by=None)
    assert missing_year_warning(november, caretaker=True) == ""


def test_rows_say_what_they_are():
    assert str(CalendarYear.objects.get(year=2026)) == "2026年"
    assert str(CalendarDay.objects.get(day=D(2026, 10, 1))) == "2026-10-01 国庆节"
    with pytest.raises(dataclasses.FrozenInstanceError):
        package_years()[2026][0].name = "x"
