import datetime as dt
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_portal.regulations.calendar import build_calendar, forget, load_calendar, read_calendar
from credit_portal.regulations.models import CalendarDay, CalendarYear
from credit_portal.regulations.seed import package_years
from credit_portal.regulations.statutory import names_left_out, statutory_days

D = dt.date
YEARS = package_years()
CALENDAR = build_calendar(
    [(row.day, row.kind, row.name) for rows in YEARS.values() for row in rows], YEARS
)
days = st.dates(min_value=D(2003, 1, 1), max_value=D(2029, 12, 31))
counts = st.integers(min_value=1, max_value=60)


@pytest.mark.parametrize(
    ("day", "workday", "name"),
    [
        (D(2026, 10, 9), True, ""),
        (D(2026, 10, 10), True, "国庆节调休上班"),
        (D(2026, 10, 11), False, "双休日"),
        (D(2026, 10, 1), False, "国庆节"),
        (D(2026, 9, 26), False, "中秋节"),
        (D(2015, 9, 3), False, "抗战胜利70周年纪念日"),
        (D(2018, 12, 29), True, "元旦调休上班"),
        (D(2027, 1, 1), False, "元旦"),
        (D(2027, 2, 5), False, "春节"),
        (D(2027, 2, 8), False, "春节"),
        (D(2027, 2, 9), True, ""),
        (D(2027, 1, 2), False, "双休日"),
    ],
)
def test_a_day_and_why_it_is_special(calendar, day, workday, name):
    assert (calendar.is_workday(day), calendar.name_of(day)) == (workday, name)


def test_years_known(calendar):
    assert calendar.years == frozenset(range(2004, 2027))
    assert calendar.is_loaded(2026)
    assert not calendar.is_loaded(2027)


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (D(2026, 10, 9), D(2026, 10, 9), 0),
        (D(2026, 10, 9), D(2026, 10, 10), 1),
        (D(2026, 10, 9), D(2026, 10, 12), 2),
        (D(2026, 10, 10), D(2026, 10, 11), 0),
        (D(2026, 10, 12), D(2026, 10, 9), -2),
        (D(2025, 12, 31), D(2026, 1, 5), 2),
        (D(2026, 9, 24), D(2026, 10, 12), 7),
    ],
)
def test_working_days_between(calendar, start, end, left):
    assert calendar.workdays_between(start, end) == left


def test_counting_back_gives_the_day_to_warn(calendar):
    assert calendar.add_workdays(D(2026, 10, 12), -2) == D(2026, 10, 9)
    assert calendar.add_workdays(D(2026, 10, 12), 0) == D(2026, 10, 12)


def test_a_year_without_arrangement_has_its_statutory_days(calendar):
    assert statutory_days(2027) == {
        D(2027, 1, 1): "元旦",
        **{D(2027, 2, day): "春节" for day in (5, 6, 7, 8)},
        D(2027, 4, 5): "清明节",
        D(2027, 5, 1): "劳动节",
        D(2027, 5, 2): "劳动节",
        D(2027, 6, 9): "端午节",
        D(2027, 9, 15): "中秋节",
        **{D(2027, 10, day): "国庆节" for day in (1, 2, 3)},
    }
    assert len(statutory_days(2030)) == 13
    assert names_left_out(2027) == ()


def test_what_no_table_tells_is_left_out_and_said(calendar):
    assert set(statutory_days(2060).values()) == {"元旦", "劳动节", "国庆节"}
    assert "春节、清明节、端午节、中秋节日期未能推定，未计入" in calendar.why_provisional([2060])
    assert calendar.why_provisional([2003, 2027]) == (
        "暂定：2003年放假安排尚未载入，暂按双休日和法定节假日推算（春节、清明节、端午节、中秋节日期未能推定，"
        "未计入），待载入后重新计算。"
        "暂定：2027年放假安排尚未公布，暂按双休日和法定节假日推算，待载入后重新计算。"
    )


@pytest.mark.parametrize("year", range(2008, 2027))
def test_the_table_of_festivals_agrees_with_every_past_arrangement(calendar, year):
    """Which is why it may be trusted for the years to come."""
    working = [day for day in statutory_days(year) if calendar.is_workday(day)]
    assert working == []


@given(days, counts)
def test_counting_forward_and_measuring_agree(day, count):
    end = CALENDAR.add_workdays(day, count)
    assert CALENDAR.is_workday(end)
    assert CALENDAR.workdays_between(day, end) == count
    assert CALENDAR.workdays_between(end, day) == -count


@given(days, st.integers(min_value=0, max_value=40), counts)
def test_a_later_start_never_ends_earlier(day, shift, count):
    later = day + dt.timedelta(days=shift)
    assert CALENDAR.add_workdays(day, count) <= CALENDAR.add_workdays(later, count)
    assert CALENDAR.add_workdays(day, count) < CALENDAR.add_workdays(day, count + 1)


@given(days, days, days)
def test_stretches_add_up(a, b, c):
    assert CALENDAR.workdays_between(a, b) + CALENDAR.workdays_between(
        b, c
    ) == CALENDAR.workdays_between(a, c)


@given(days, st.integers(min_value=0, max_value=800))
def test_measuring_is_counting_one_by_one(day, length):
    end = day + dt.timedelta(days=length)
    one_by_one = sum(
        CALENDAR.is_workday(day + dt.timedelta(days=step)) for step in range(1, length + 1)
    )
    assert CALENDAR.workdays_between(day, end) == one_by_one


@pytest.mark.usefixtures("seeded")
def test_a_fresh_database_knows_what_the_package_knows(calendar):
    assert CalendarYear.objects.count() == 23
    assert CalendarDay.objects.filter(day__year=2026).count() == 39
    assert (
        "国务院办公厅关于2026年部分节假日安排的通知" in CalendarYear.objects.get(year=2026).source
    )
    assert load_calendar() == calendar


@pytest.mark.usefixtures("seeded")
def test_an_emptied_table_falls_back_to_the_package_and_keeps_own_days(calendar):
    CalendarYear.objects.all().delete()
    CalendarDay.objects.all().delete()
    assert read_calendar() == calendar
    CalendarDay.objects.create(day=D(2026, 10, 12), kind="rest", name="临时放假", source="通知")
    assert read_calendar().name_of(D(2026, 10, 12)) == "临时放假"


@pytest.mark.usefixtures("seeded")
def test_a_process_reads_the_table_once_a_minute(django_assert_num_queries):
    with django_assert_num_queries(2):
        first = load_calendar()
        assert load_calendar() is first
    with django_assert_num_queries(2):
        assert load_calendar(max_age=0) is not first
    forget()
    with django_assert_num_queries(2):
        load_calendar()


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Pacific/Kiritimati"])
def test_the_time_zone_of_the_server_plays_no_part(calendar, zone, monkeypatch):
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        time.tzset()
        assert calendar.add_workdays(D(2026, 9, 24), 7) == D(2026, 10, 12)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
