import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_portal.regulations.dates import (
    ExplainedDate,
    ExplainedPeriod,
    SkippedDay,
    add_months,
    add_years,
)
from credit_portal.regulations.first_day import FirstDay, first_day

D = dt.date
DATE = ExplainedDate(
    D(2026, 10, 12),
    False,
    "publicity.deadline",
    "依据",
    D(2026, 9, 24),
    (SkippedDay(D(2026, 9, 25), "中秋节"),),
    "说明",
    "memory",
    "v1",
)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (D(2025, 1, 31), 3, D(2025, 4, 30)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2024, 8, 31), 6, D(2025, 2, 28)),
        (D(2023, 8, 31), 6, D(2024, 2, 29)),
        (D(2025, 10, 9), 3, D(2026, 1, 9)),
        (D(2025, 12, 31), 36, D(2028, 12, 31)),
        (D(2025, 3, 31), -1, D(2025, 2, 28)),
    ],
)
def test_months_end_on_the_corresponding_day(start, months, end):
    assert add_months(start, months) == end


def test_a_year_from_a_leap_day():
    assert add_years(D(2024, 2, 29), 1) == D(2025, 2, 28)
    assert add_years(D(2024, 2, 29), 4) == D(2028, 2, 29)


@given(st.dates(D(1990, 1, 1), D(2100, 1, 1)), st.integers(0, 120))
def test_the_end_lies_in_the_right_month(day, months):
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + dt.timedelta(days=1)).day == 1


def test_a_date_survives_storage():
    stored = json.loads(json.dumps(DATE.as_json()))
    assert ExplainedDate.from_json(stored) == DATE


def test_a_date_stored_before_the_marks_existed_is_read():
    stored = {k: v for k, v in DATE.as_json().items() if k not in ("confidence", "version")}
    assert ExplainedDate.from_json(stored).confidence == "sourced"


@pytest.mark.parametrize(
    ("last", "ends_on"), [(D(2027, 10, 9), D(2027, 10, 9)), (D(2099, 12, 31), None)]
)
def test_a_period_survives_storage(last, ends_on):
    period = ExplainedPeriod(
        DATE, DATE, replace(DATE, result=last), "REP-36", "general", "一般失信"
    )
    stored = json.loads(json.dumps(period.as_json()))
    assert ExplainedPeriod.from_json(stored) == period
    assert period.ends_on == ends_on


@pytest.mark.parametrize(
    ("rule", "start", "result", "found"),
    [
        # The 25th to the 27th are 中秋节 and its weekend: day 1 is the Monday.
        ("publicity.deadline", D(2026, 9, 24), D(2026, 10, 12), FirstDay(D(2026, 9, 28), True)),
        (
            "publicity.period.penalty",
            D(2026, 9, 24),
            D(2027, 9, 24),
            FirstDay(D(2026, 9, 25), False),
        ),
        ("publicity.period.penalty", D(2026, 9, 24), D(2026, 9, 24), None),
        ("publicity.period.permit", D(2026, 9, 24), D(2029, 9, 24), None),
        ("gone.rule", D(2026, 9, 24), D(2026, 10, 12), None),
    ],
)
def test_the_start_is_not_counted_and_day_one_is_named(db, rule, start, result, found):
    date = replace(DATE, rule=rule, start=start, result=result)
    assert first_day(date) == found
