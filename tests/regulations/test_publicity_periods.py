import datetime as dt

import pytest

from credit_portal.regulations.dates import NO_END
from credit_portal.regulations.deadlines import publicity_period
from credit_portal.regulations.exceptions import DateOutOfRange, UnknownGrade
from credit_portal.regulations.loader import rule_book

D = dt.date


@pytest.mark.parametrize(
    ("decided", "rule_set", "grade", "earliest", "latest"),
    [
        (D(2018, 10, 9), "PUB-2017", "normal", None, D(2019, 10, 9)),
        (D(2020, 10, 9), "REP-527", "general", D(2021, 1, 10), D(2021, 10, 9)),
        (D(2024, 10, 9), "REP-58", "safety", D(2025, 10, 10), D(2027, 10, 9)),
        (D(2026, 10, 9), "REP-36", "general", D(2027, 1, 10), D(2027, 10, 9)),
    ],
)
def test_one_penalty_under_four_regulations(decided, rule_set, grade, earliest, latest):
    period = publicity_period("penalty", decided)
    assert (period.rule_set, period.grade) == (rule_set, grade)
    assert period.starts.result == decided
    assert period.earliest_end.result == (earliest or latest)
    assert period.latest_end.result == period.ends_on == latest
    assert period.latest_end.version == rule_book().version


@pytest.mark.parametrize(
    ("decided", "rule_set"),
    [
        (D(2017, 7, 30), "PUB-2017"),
        (D(2019, 6, 30), "PUB-2017"),
        (D(2019, 7, 1), "REP-527"),
        (D(2023, 4, 30), "REP-527"),
        (D(2023, 5, 1), "REP-58"),
        (D(2026, 3, 31), "REP-58"),
        (D(2026, 4, 1), "REP-36"),
    ],
)
def test_each_regulation_begins_on_its_day(decided, rule_set):
    assert publicity_period("penalty", decided).rule_set == rule_set


@pytest.mark.parametrize(
    ("decided", "grade", "used", "earliest", "latest"),
    [
        (D(2018, 1, 31), "serious", "serious", None, D(2021, 1, 31)),
        (D(2018, 1, 31), "general", "normal", None, D(2019, 1, 31)),
        (D(2020, 8, 31), "serious", "serious", D(2021, 3, 1), D(2023, 8, 31)),
        (D(2020, 8, 31), "specific_serious", "specific_serious", None, D(2023, 8, 31)),
        (D(2020, 8, 31), "minor", "general", D(2020, 12, 1), D(2021, 8, 31)),
        (D(2024, 8, 31), "default", "default", D(2024, 12, 1), D(2027, 8, 31)),
        (D(2024, 8, 31), "serious", "safety", D(2025, 9, 1), D(2027, 8, 31)),
        (D(2026, 8, 31), "serious", "serious", D(2027, 9, 1), D(2029, 8, 31)),
        (D(2026, 8, 31), "minor", "minor", D(2026, 9, 1), D(2026, 11, 30)),
    ],
)
def test_grades(decided, grade, used, earliest, latest):
    period = publicity_period("penalty", decided, grade=grade)
    assert period.grade == used
    assert period.earliest_end.result == (earliest or latest)
    assert period.ends_on == latest


@pytest.mark.parametrize("decided", [D(2018, 1, 1), D(2020, 1, 1), D(2024, 1, 1), D(2026, 5, 1)])
@pytest.mark.parametrize("grade", ["minor", "normal", "general", "safety", "serious"])
def test_grades_of_today_are_understood_by_every_regulation(decided, grade):
    assert publicity_period("penalty", decided, grade=grade).ends_on > decided


def test_a_grade_nobody_knows_is_refused():
    with pytest.raises(
        UnknownGrade, match="REP-36 没有等级“terrible”，可用的等级：minor（轻微失信）"
    ):
        publicity_period("penalty", D(2026, 10, 9), grade="terrible")


def test_the_period_is_explained():
    period = publicity_period("penalty", D(2026, 8, 31))
    assert "国家发展改革委令第36号" in period.latest_end.clause
    assert (
        period.latest_end.note
        == "未另行认定等级，按“一般失信”计算。最长公示期12个月，到期当日仍公示。"
    )
    assert period.earliest_end.note == (
        "未另行认定等级，按“一般失信”计算。最短公示期3个月，届满次日起可申请终止公示。"
        "到期月份没有对应日，以当月最后一日为准。"
    )
    graded = publicity_period("penalty", D(2020, 1, 1), grade="specific_serious")
    assert graded.latest_end.note == "按“特定严重失信”计算。最长公示期36个月，到期当日仍公示。"
    assert graded.earliest_end.note == "按“特定严重失信”计算。不设提前终止，公示至届满。"


def test_before_the_first_regulation_the_first_is_used_and_said():
    period = publicity_period("penalty", D(2016, 5, 3))
    assert period.rule_set == "PUB-2017"
    assert period.latest_end.note.startswith("起算日早于该规定施行日（2017-07-31）")


@pytest.mark.parametrize(
    ("valid_to", "ends_on", "note"),
    [
        (D(2029, 10, 8), D(2029, 10, 8), "公示至有效期届满当日。"),
        (D(2099, 12, 30), D(2099, 12, 30), "公示至有效期届满当日。"),
        (D(2099, 12, 31), None, "长期有效，公示无截止日期。"),
        (D(9999, 12, 31), None, "长期有效，公示无截止日期。"),
        (None, None, "未填有效期至，按长期有效处理，公示无截止日期。"),
    ],
)
def test_a_permit_is_shown_while_it_is_valid(valid_to, ends_on, note):
    period = publicity_period("permit", D(2026, 10, 9), valid_to=valid_to)
    assert period.ends_on == ends_on
    assert period.latest_end.result == (ends_on or NO_END)
    assert period.earliest_end == period.latest_end
    assert (period.rule_set, period.latest_end.note) == ("SGS-2018", note)
    assert period.starts.result == D(2026, 10, 9)
    assert period.starts.confidence == "unsure"


def test_a_mistyped_year_is_refused():
    with pytest.raises(DateOutOfRange):
        publicity_period("penalty", D(202, 10, 9))
