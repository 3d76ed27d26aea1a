"""Cases that are due and not there."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from publicity.models import RegisterCase
from publicity.selectors.cases import (
    cases_beside_gaps,
    cases_of,
    lines_of,
    unfiled_counts,
    uploads_of,
)
from tests.factories.publicity import make_department, make_penalty, make_permit, make_team
from tests.factories.register import answer, make_case, make_series

D = dt.date
DAY = D(2026, 10, 12)  # to be public by 2026-10-21


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-10-22 12:00+08:00", tick=False):
        yield


def unfiled(team):
    return [case.case_number for case in cases_of(team.department, unfiled=True)]


def beside(team):
    found = cases_beside_gaps([team.department.pk], D(2026, 10, 1), D(2026, 11, 1))
    return {key[1:]: count for key, count in found.items()}


def test_a_case_is_filed_by_number_and_party_however_they_are_written(team):
    make_case(team, 1, decided_on=DAY, document_number="(淮)应急罚[2026]第001号")
    make_case(team, 2, decided_on=DAY)
    make_case(team, 3, decided_on=DAY, party_name="另一家公司")
    make_case(team, 4, decided_on=DAY, kind="permit")
    make_penalty(team, number=1, decided_on=DAY)
    make_penalty(team, number=3, decided_on=DAY)
    make_penalty(team, number=4, decided_on=DAY)  # a penalty files no permit
    assert unfiled(team) == ["案0002", "案0003", "案0004"]
    make_permit(team, number=4, decided_on=DAY)
    assert unfiled(team) == ["案0002", "案0003"]
    assert unfiled_counts([team.department.pk]) == {team.department.pk: 2}


def test_cases_without_number_open_and_dropped_ones(team):
    make_case(team, 1, decided_on=DAY, document_number="")
    make_case(team, 2)
    make_case(team, 3, decided_on=DAY, state="dropped")
    make_penalty(team, document_number="", decided_on=DAY)
    assert unfiled(team) == ["案0001"]


def test_two_persons_excuse_a_case(team):
    make_case(team, 2, decided_on=DAY)
    series = make_series(team)
    made = answer(team, series, 2, reason="secret")
    assert unfiled(team) == ["案0002"]
    answer(team, series, 1, reason="void", confirmed=True)  # of another number
    from publicity import services

    services.confirm_answers(ids=[made.pk], by=team.reviewer)
    assert unfiled(team) == []


def test_what_is_unfinished_excuses_for_its_days(team):
    make_case(team, 1, decided_on=DAY)
    answer(team, make_series(team), 1, reason="unfinished", confirmed=True)
    assert unfiled(team) == []
    with time_machine.travel("2026-11-22 12:00+08:00", tick=False):
        assert unfiled(team) == ["案0001"]


def test_an_admitted_omission_excuses_nothing(team):
    make_case(team, 1, decided_on=DAY)
    answer(team, make_series(team), 1, reason="omitted", confirmed=True)
    assert unfiled(team) == ["案0001"]


def test_the_words_say_how_late(team):
    make_case(team, 1, decided_on=DAY)
    make_case(team, 2, decided_on=D(2026, 10, 13))
    make_case(team, 3, decided_on=D(2026, 10, 19))
    make_case(team, 4)
    make_case(team, 5, decided_on=DAY, state="dropped")
    make_case(team, 6, decided_on=DAY)
    make_penalty(team, number=6, decided_on=DAY)
    make_case(
        team, 7, decided_on=DAY, party_name="另一家公司", document_number="（淮）应急罚〔2026〕6号"
    )
    make_case(team, 8, decided_on=DAY)
    answer(team, make_series(team), 8, confirmed=True)
    lines = {
        line.case.case_number[-1]: line
        for line in lines_of(cases_of(team.department, unfiled=False))
    }
    assert {key: (line.word, line.tone) for key, line in lines.items()} == {
        "1": ("应报未报，逾期 1 个工作日", "red"),
        "2": ("待录入，今天到期", "amber"),
        "3": ("待录入，剩 4 个工作日", "amber"),
        "4": ("办理中", ""),
        "5": ("销案", ""),
        "6": ("已录入", "green"),
        "7": ("应报未报，逾期 1 个工作日", "red"),
        "8": ("已说明", "green"),
    }
    assert [key for key, line in lines.items() if line.number_taken] == ["7"]


def test_what_a_missing_number_stands_for_is_not_counted_twice(team):
    make_case(team, 2, decided_on=DAY)  # in the series: a missing number
    make_case(team, 3, decided_on=DAY, document_number="（淮）应急责改〔2026〕3号")
    make_case(team, 4, decided_on=D(2026, 9, 30), document_number="")
    make_case(team, 5, decided_on=DAY, document_number="（淮）应急罚〔2019〕5号")
    make_case(
        team, 6, decided_on=DAY, party_name="另一家公司", document_number="（淮）应急罚〔2026〕9号"
    )
    make_penalty(team, number=9, decided_on=DAY)
    assert beside(team) == {("penalty", D(2026, 10, 1)): 4}
    make_series(team, from_year=2020)
    assert beside(team) == {("penalty", D(2026, 10, 1)): 3}


def test_a_closed_series_stands_for_no_later_case(team):
    make_series(team, from_year=2020, until_year=2025)
    make_case(team, 2, decided_on=DAY)
    assert beside(team) == {("penalty", D(2026, 10, 1)): 1}


def test_who_sees_what(team):
    other = make_team(make_department("11340400MATX21HJ7K", "住建局"), prefix="other-")
    case = make_case(team, 1, decided_on=DAY)
    assert list(RegisterCase.objects.visible_to(team.head)) == [case]
    assert list(RegisterCase.objects.visible_to(other.head)) == []
    assert list(RegisterCase.objects.decided_in(DAY).containing("焜屿")) == [case]
    assert uploads_of(team.department) == []
