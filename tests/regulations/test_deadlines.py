import datetime as dt
import time

import pytest

from credit_portal.regulations.calendar import build_calendar
from credit_portal.regulations.deadlines import explain
from credit_portal.regulations.exceptions import DateOutOfRange, UnknownRule
from credit_portal.regulations.loader import rule_book
from credit_portal.regulations.services import load_year

D = dt.date
# Decision, then the 3rd, 7th and 10th working day after it.
VECTORS = [
    ("2021-09-27", "2021-09-30", "2021-10-12", "2021-10-15"),
    ("2021-09-30", "2021-10-11", "2021-10-15", "2021-10-20"),
    ("2023-09-28", "2023-10-09", "2023-10-13", "2023-10-18"),
    ("2024-02-08", "2024-02-19", "2024-02-23", "2024-02-28"),
    ("2024-09-30", "2024-10-10", "2024-10-15", "2024-10-18"),
    ("2025-01-24", "2025-02-05", "2025-02-10", "2025-02-13"),
    ("2025-04-30", "2025-05-08", "2025-05-14", "2025-05-19"),
    ("2025-09-26", "2025-09-30", "2025-10-13", "2025-10-16"),
    ("2025-12-30", "2026-01-05", "2026-01-09", "2026-01-14"),
    ("2026-02-14", "2026-02-26", "2026-03-03", "2026-03-06"),
    ("2026-09-24", "2026-09-30", "2026-10-12", "2026-10-15"),
]
RULE_OF = {3: "publicity.withdrawal", 7: "publicity.deadline", 10: "repair.reply"}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector[0] for vector in VECTORS])
@pytest.mark.parametrize(("column", "count"), [(1, 3), (2, 7), (3, 10)])
def test_known_deadlines(calendar, vector, column, count):
    found = explain(RULE_OF[count], D.fromisoformat(vector[0]), calendar)
    assert found.result == D.fromisoformat(vector[column])
    assert not found.provisional


def test_a_date_says_how_it_was_found(calendar):
    found = explain("publicity.deadline", D(2026, 9, 24), calendar)
    assert [(item.day.isoformat(), item.name) for item in found.skipped] == [
        *((f"2026-09-{day}", "中秋节") for day in (25, 26, 27)),
        *((f"2026-10-0{day}", "国庆节") for day in range(1, 8)),
        ("2026-10-11", "双休日"),
    ]
    assert found.note == "2026-10-10（国庆节调休上班）计为工作日。"
    assert found.clause.endswith(
        "（发改办财金〔2018〕424号）：自作出行政决定之日起7个工作日内上网公开"
    )
    assert (found.rule, found.start) == ("publicity.deadline", D(2026, 9, 24))
    assert (found.confidence, found.version) == ("sourced", rule_book().version)


@pytest.mark.parametrize(
    ("start", "result"),
    [
        (D(2026, 10, 1), D(2026, 10, 15)),  # decided on a holiday
        (D(2026, 10, 7), D(2026, 10, 15)),  # and on its last day
        (D(2026, 10, 10), D(2026, 10, 20)),  # on a make-up Saturday
        (D(2026, 10, 11), D(2026, 10, 20)),  # on a Sunday
    ],
)
def test_the_day_of_the_decision_is_not_counted_whatever_it_is(calendar, start, result):
    assert explain("publicity.deadline", start, calendar).result == result


def test_a_year_that_is_not_loaded_makes_the_date_provisional(calendar):
    found = explain("publicity.deadline", D(2026, 12, 25), calendar)
    assert (found.result, found.provisional) == (D(2027, 1, 6), True)
    assert found.skipped[2].name == "元旦"
    assert (
        found.note == "暂定：2027年放假安排尚未公布，暂按双休日和法定节假日推算，待载入后重新计算。"
    )


@pytest.mark.parametrize(
    ("start", "result", "provisional"),
    [
        (D(2026, 12, 21), D(2026, 12, 30), False),
        (D(2026, 12, 22), D(2026, 12, 31), False),
        (D(2026, 12, 23), D(2027, 1, 4), True),
        (D(2026, 12, 31), D(2027, 1, 12), True),
        (D(2003, 12, 31), D(2004, 1, 12), False),
    ],
)
def test_only_days_that_are_counted_make_a_date_provisional(calendar, start, result, provisional):
    found = explain("publicity.deadline", start, calendar)
    assert (found.result, found.provisional) == (result, provisional)


def test_the_last_days_of_the_last_known_year_carry_a_reservation(calendar):
    last = explain("publicity.deadline", D(2026, 12, 22), calendar)
    assert last.note == "2027年放假安排公布后，年末可能调休，届时复核。"
    assert explain("publicity.deadline", D(2026, 12, 14), calendar).note == ""
    assert explain("publicity.deadline", D(2025, 12, 19), calendar).note == ""


@pytest.mark.usefixtures("seeded")
def test_the_date_is_final_once_the_year_is_loaded(arrangement_2027):
    assert explain("publicity.deadline", D(2026, 12, 25)).result == D(2027, 1, 6)
    load_year(year=2027, days=arrangement_2027, source="放假通知", by=None)
    found = explain("publicity.deadline", D(2026, 12, 31))
    assert (found.result, found.provisional) == (D(2027, 1, 11), False)
    assert found.note == "2027-01-09（元旦调休上班）计为工作日。"


def test_before_the_first_rule_the_first_rule_is_used_and_said(calendar):
    found = explain("publicity.deadline", D(2017, 3, 1), calendar)
    assert found.result == D(2017, 3, 10)
    assert found.note == "起算日早于该规定施行日（2018-07-25），按现有最早的规定计算。"


def test_the_rule_of_the_day_is_used(calendar):
    before = explain("list.term", D(2023, 9, 30), calendar)
    after = explain("list.term", D(2023, 10, 1), calendar)
    assert (before.result, after.result) == (D(2024, 9, 30), D(2026, 10, 1))
    assert "安监总办〔2017〕49号" in before.clause
    assert "应急管理部令第11号" in after.clause


def test_calendar_days_and_months_need_no_working_days(calendar):
    tipoff = explain("tipoff.finish", D(2026, 12, 1), calendar)
    assert (tipoff.result, tipoff.provisional, tipoff.skipped) == (D(2027, 1, 30), False, ())
    leap = explain("commitment.valid", D(2024, 2, 29), calendar)
    assert (leap.result, leap.note) == (
        D(2025, 2, 28),
        "到期月份没有对应日，以当月最后一日为准。",
    )


@pytest.mark.parametrize("rule", ["no.such_rule", "rate.report"])
def test_only_deadlines_can_be_computed(calendar, rule):
    with pytest.raises(UnknownRule, match=rule):
        explain(rule, D(2026, 1, 5), calendar)


@pytest.mark.parametrize("start", [D(1899, 12, 31), D(2200, 1, 1), D.max])
def test_a_mistyped_year_is_refused(calendar, start):
    with pytest.raises(DateOutOfRange, match="超出可推算范围"):
        explain("publicity.deadline", start, calendar)


@pytest.mark.parametrize("rule", [rule.id for rule in rule_book().of_kind("deadline")])
@pytest.mark.parametrize("start", [D(1900, 1, 1), D(2026, 11, 2), D(2199, 12, 31)])
def test_every_rule_answers_for_every_day(calendar, rule, start):
    assert explain(rule, start, calendar).result > start


def test_fifty_thousand_deadlines_take_less_than_a_second_of_work():
    calendar = build_calendar([], range(2004, 2027))
    started = time.process_time()
    for number in range(50_000):
        explain("publicity.deadline", D.fromordinal(737000 + number % 1500), calendar)
    assert time.process_time() - started < 1
