"""上报率 divides by what should have been reported, from the month on in which its definition says so."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_portal.reports.selectors import rates_report
from publicity.selectors.rates import Counts, board, trend
from tests.factories.publicity import make_penalty, published
from tests.factories.register import answer, make_case, make_series
from tests.pages import PageClient

D = dt.date
DECEMBER, NOVEMBER = D(2026, 12, 1), D(2026, 11, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-12-28 12:00+08:00", tick=False):
        yield


def absent(team, month):
    total = board(month=month, user=team.clerk).total
    return total.due, total.gaps, total.cases


def report(team, month):
    rate = board(month=month, user=team.clerk).total.rates(month)[0]
    return rate.numerator, rate.denominator


@pytest.fixture
def desk(sign_in):
    return lambda user: sign_in(PageClient(), user)


@pytest.fixture
def december(team):
    """1 and 5 are there, 2 is void, 3 was omitted, 4 is a case of the month before; one more case has no number."""
    make_penalty(team, number=1, decided_on=D(2026, 11, 3))
    make_penalty(team, number=5, decided_on=D(2026, 12, 3))
    series = make_series(team)
    answer(team, series, 2, reason="void", confirmed=True)
    answer(team, series, 3, reason="omitted", confirmed=True)
    make_case(team, 4, decided_on=D(2026, 11, 30))
    make_case(team, 9, decided_on=D(2026, 12, 7), document_number="")
    return series


def test_the_month_counts_what_is_not_there(team, december):
    assert absent(team, DECEMBER) == (1, 0, 1)
    assert absent(team, NOVEMBER) == (1, 1, 1)  # 3 is as old as the case after it


def test_the_definition_of_the_month_says_whether_it_counts(team, december):
    assert report(team, DECEMBER) == (0, 2)
    assert report(team, NOVEMBER) == (0, 1)


def test_what_is_filed_leaves_the_absent(team, december):
    make_penalty(team, number=3, decided_on=D(2026, 11, 20))
    make_penalty(team, number=4, decided_on=D(2026, 11, 30))
    assert absent(team, NOVEMBER) == (3, 0, 0)


def test_a_number_of_last_year_decided_in_the_new_one(team):
    make_penalty(team, document_number="（淮）应急罚〔2026〕2号", decided_on=D(2027, 1, 4))
    make_series(team)
    assert absent(team, D(2027, 1, 1)) == (1, 1, 0)


def test_a_department_without_decisions_still_has_its_cases(team):
    make_case(team, 1, decided_on=D(2026, 12, 7))
    (line,) = board(month=DECEMBER, user=team.clerk).lines
    assert line.by_kind == {"penalty": Counts(cases=1)}
    assert [rate.percent for rate in line.counts.rates(DECEMBER)] == ["0.0%", "—", "—", "—"]


def test_the_trend_is_the_boards_month_by_month(team, december):
    found = dict(trend(until=DECEMBER, user=team.clerk))
    for month in (NOVEMBER, DECEMBER):
        assert found[month] == board(month=month, user=team.clerk).total


def test_the_board_shows_where_the_numbers_come_from(team, december, desk):
    page = desk(team.clerk).get(reverse("staff:publicity:rates"), {"month": "2026-11"})
    assert "按当月口径不计入应上报数" in page.content.decode()
    page = desk(team.clerk).get(reverse("staff:publicity:rates"), {"month": "2026-12"})
    assert "都计入应上报数" in page.content.decode()
    found = [
        (gap.label, gap.count, gap.url)
        for _, cells in page.context["lines"]
        for gap in cells[0].gaps
    ]
    assert [(label, count) for label, count, _ in found] == [("行政处罚", 1), ("案件", 1)]
    shown = desk(team.clerk).get(found[1][2])
    assert [line.case.case_number for line in shown.context["lines"]] == ["案0009"]


def test_missing_numbers_of_the_month_are_behind_their_count(team, desk):
    make_penalty(team, number=3, decided_on=D(2026, 12, 3))
    make_series(team)
    page = desk(team.clerk).get(reverse("staff:publicity:rates"), {"month": "2026-12"})
    ((label, count, url),) = [
        (gap.label, gap.count, gap.url)
        for _, cells in page.context["lines"]
        for gap in cells[0].gaps
        if gap.label == "缺号"
    ]
    assert (label, count) == ("缺号", 2)
    assert desk(team.clerk).get(url).context["missing"] == 2
    assert desk(team.clerk).get(url.replace("2026-12", "2026-11")).context["missing"] == 0


def test_the_bulletin_says_how_many_are_not_there(team, december):
    published(make_penalty(team, number=7, decided_on=D(2026, 12, 10)), team)
    context = rates_report(month=DECEMBER, user=team.clerk)
    assert (context["total"]["due"], context["unknown"]) == (4, 2)  # 6 is missing, and the case
    assert rates_report(month=NOVEMBER, user=team.clerk)["unknown"] == 0


def test_the_number_of_queries_does_not_grow(team, december):
    def queries():
        with CaptureQueriesContext(connection) as made:
            board(month=DECEMBER, user=team.clerk)
        return len(made)

    before = queries()
    make_penalty(team, number=90, decided_on=D(2026, 12, 11))
    make_case(team, 91, decided_on=D(2026, 12, 12))
    make_series(team, "permit")
    assert queries() == before
