"""Missing numbers: which they are, what day they belong to, what is said of them, and what counts."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from publicity import services
from publicity.exceptions import DecisionRefused, RegisterRefused
from publicity.models import AnsweredNumber, NumberAnswer
from publicity.register_querysets import NumberAnswerQuerySet
from publicity.selectors.gaps import (
    WIDEST,
    Scope,
    counted,
    counted_statuses,
    gaps,
    status_word,
    tally,
    years_of,
)
from publicity.selectors.register import answers_of, overview, standing_counts
from publicity.services import answering
from tests.factories.publicity import make_department, make_penalty, make_permit, make_team
from tests.factories.register import answer, make_case, make_series

D = dt.date
TODAY = "2026-11-20 12:00+08:00"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def series(team):
    """1, 4 and 5 are there; 2 and 3 are missing."""
    for number, day in ((1, D(2026, 9, 1)), (4, D(2026, 10, 12)), (5, D(2026, 10, 20))):
        make_penalty(team, number=number, decided_on=day)
    return make_series(team)


def scope(team, **facts):
    return Scope([team.department.pk], **facts)


def found(team, **facts):
    return gaps(scope(team, **facts), limit=5_000)


def numbers(team, **facts):
    return [gap.number for gap in found(team, **facts)]


def counts(team, **facts):
    return tally(scope(team, **facts)).get(team.department.pk, {})


def test_a_hole_belongs_to_the_day_of_the_next_number(team, series):
    assert [
        (gap.document_number, gap.near_on, gap.counted_on, gap.status) for gap in found(team)
    ] == [
        ("（淮）应急罚〔2026〕2号", D(2026, 10, 12), D(2026, 10, 12), "open"),
        ("（淮）应急罚〔2026〕3号", D(2026, 10, 12), D(2026, 10, 12), "open"),
    ]


def test_spelling_makes_no_hole_and_fills_one(team, series):
    make_penalty(team, document_number="(淮)应急罚[2026]第0002号")
    assert numbers(team) == [3]


def test_numbers_below_the_first_known_are_missing_too(team):
    make_penalty(team, number=105)
    make_penalty(
        team, number=3, document_number="（淮）应急罚〔2026〕98号"
    )  # before the year's first
    make_series(team, first_number=101)
    assert numbers(team) == [101, 102, 103, 104]


def test_each_year_counts_by_itself_and_only_while_the_series_holds(team):
    for year in (2023, 2024, 2026):
        make_penalty(team, document_number=f"（淮）应急罚〔{year}〕3号", decided_on=D(year, 5, 6))
    make_series(team, from_year=2024, until_year=2025)
    assert [(gap.year, gap.number) for gap in found(team)] == [(2024, 1), (2024, 2)]
    assert years_of(team.department) == [2025, 2024]


def test_kinds_and_departments_do_not_mix(team):
    other = make_team(make_department("11340400MATX21HJ7K", "住建局"), prefix="other-")
    make_penalty(team, number=2)
    make_permit(team, number=4)
    make_series(team)
    make_series(team, "permit")
    assert counts(team) == {"open": 4}
    assert counts(team, kind="permit") == {"open": 3}
    assert gaps(Scope([other.department.pk]), limit=9) == []


def test_a_slip_of_the_pen_asks_about_a_thousand_numbers_at_most(team, series):
    make_penalty(team, number=9_999_999)
    assert counts(team) == {"open": 2 + WIDEST}
    assert numbers(team)[-1] == 5 + WIDEST


def test_pages_of_rows(team, series):
    assert [gap.number for gap in gaps(scope(team), limit=1, offset=1)] == [3]
    assert numbers(team, years=(2025, 2025)) == []
    assert numbers(team, status=["answered"]) == []


def test_a_number_of_the_case_register_alone_is_missing(team, series):
    make_case(team, 3, decided_on=D(2026, 9, 30))
    make_case(team, 8, decided_on=D(2026, 11, 3), state="dropped")
    make_case(team, 9, document_number="（淮）应急罚〔2026〕9号")  # not decided yet
    rows = {gap.number: gap for gap in found(team)}

    assert list(rows) == [2, 3, 6, 7, 8, 9]
    assert (rows[3].case_number, rows[3].counted_on) == ("案0003", D(2026, 9, 30))
    assert (rows[2].case_number, rows[2].near_on) == ("", D(2026, 9, 30))
    assert (rows[8].case_number, rows[8].case_decided_on) == ("案0008", None)
    assert rows[9].counted_on == D(2026, 12, 31)


def test_a_filed_decision_closes_the_question_by_itself(team, series):
    answer(team, series, 2, reason="omitted", confirmed=True)
    assert counts(team) == {"open": 1, "omitted": 1}
    make_penalty(team, number=2)
    assert counts(team) == {"open": 1}


@pytest.mark.parametrize(
    ("reason", "due"),
    [("secret", 1), ("simple", 1), ("void", 1), ("unfinished", 1), ("omitted", 2)],
)
def test_what_counts_once_two_people_said_it(team, series, reason, due):
    made = answer(team, series, 2, reason=reason)
    assert counted(counts(team)) == 2  # one person's word changes nothing
    services.confirm_answers(ids=[made.pk], by=team.reviewer)

    assert counts(team) == {"open": 1, reason: 1}
    assert counted(counts(team)) == due


def test_what_is_not_finished_is_asked_again(team, series):
    made = answer(team, series, 2, 3, reason="unfinished", confirmed=True)
    assert made.holds_until == D(2026, 12, 20)
    with time_machine.travel("2026-12-20 12:00+08:00", tick=False):
        assert counts(team) == {"unfinished": 2}
    with time_machine.travel("2026-12-21 12:00+08:00", tick=False):
        assert counts(team) == {"expired": 2}
        assert counted(counts(team)) == 2
        answer(team, series, 2, 3, reason="void", confirmed=True)
        assert counts(team) == {"void": 2}
    assert AnsweredNumber.objects.filter(current=False).count() == 2


def test_one_answer_for_a_stretch_leaves_what_is_there_alone(team, series):
    made = answer(team, series, 1, 900)
    assert (made.first, made.last, made.count) == (2, 3, 2)
    assert str(made) == "（淮）应急罚〔2026〕2号 至 3 号"
    assert str(made.numbers.first()) == f"{series.pk}:2026:2"
    assert AuditEvent.objects.filter(action="gap.answered").count() == 1


def test_words_come_from_the_dictionary_of_the_day(team, series):
    assert status_word("open", D(2026, 1, 1)) == "待说明"
    assert status_word("simple", D(2026, 1, 1)) == "适用简易程序"
    assert (
        status_word("simple", D(2020, 1, 1)) == "适用简易程序"
    )  # said when the number was thought later
    assert found(team)[0].word == "待说明"
    assert counted_statuses(D(2020, 1, 1))[-1] == "omitted"


@pytest.mark.parametrize(
    ("facts", "refusal", "words"),
    [
        ({"first": 3, "last": 2}, RegisterRefused, "不能大于"),
        ({"first": 4, "last": 9}, RegisterRefused, "没有待说明的缺号"),
        ({"note": " "}, DecisionRefused, "请填写说明"),
        ({"note": "无"}, DecisionRefused, "太短"),
        ({"reason": "lost"}, RegisterRefused, "请选择情形"),
    ],
)
def test_answers_that_are_refused(team, series, facts, refusal, words):
    given = {"series": series, "year": 2026, "first": 2, "last": 3, "reason": "void"}
    with pytest.raises(refusal, match=words):
        services.answer_numbers(**(given | {"note": "经办人核对。"} | facts), by=team.clerk)
    assert not NumberAnswer.objects.exists()


def test_a_reason_must_have_been_one_at_the_time(team):
    make_penalty(team, document_number="（淮）应急罚〔2022〕2号", decided_on=D(2022, 5, 6))
    with pytest.raises(RegisterRefused, match="当时没有“适用简易程序”"):
        answer(team, make_series(team), 1, reason="simple", year=2022)


def test_a_stretch_has_its_limit(team, series, monkeypatch):
    monkeypatch.setattr(answering, "MOST", 1)
    with pytest.raises(RegisterRefused, match="分段办理"):
        answer(team, series, 1, 900)


def test_a_number_is_not_answered_twice_at_a_time(team, series):
    answer(team, series, 2)
    with pytest.raises(RegisterRefused, match="没有待说明的缺号"):
        answer(team, series, 2)


def test_two_persons(team, series):
    made = answer(team, series, 2)
    with pytest.raises(NotAllowed):
        services.confirm_answers(ids=[made.pk], by=team.clerk)
    grant_role(user=team.clerk, role=Role.REVIEWER, department=team.department, by=None)
    both = User.objects.get(pk=team.clerk.pk)
    with pytest.raises(RegisterRefused, match="由您本人说明"):
        services.confirm_answers(ids=[made.pk], by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberAnswer.objects.filter(pk=made.pk).update(
            confirmed_by=both, confirmed_at=made.answered_at
        )
    assert services.confirm_answers(ids=[made.pk], by=team.head) == 1
    with pytest.raises(RegisterRefused, match="已经确认"):
        services.confirm_answers(ids=[made.pk], by=team.head)


def test_an_answer_comes_back_also_after_it_was_confirmed(team, series):
    made = answer(team, series, 2, 3, confirmed=True)
    assert (
        services.return_answers(ids=[made.pk], reason="纸质台账中有这个文号。", by=team.head) == 2
    )
    assert counts(team) == {"open": 2}
    (notice,) = Notice.objects.filter(recipient=team.clerk)
    assert "纸质台账中有这个文号" in notice.text
    with pytest.raises(RegisterRefused, match="没有选中说明"):
        services.return_answers(ids=[made.pk], reason="再退一次。", by=team.head)


def test_what_cannot_be_decided(team, series):
    with pytest.raises(RegisterRefused, match="没有选中说明"):
        services.confirm_answers(ids=[], by=team.reviewer)
    made = answer(team, series, 2)
    stranger = make_team(make_department("11340400MATX21HJ7K", "住建局"), prefix="other-")
    with pytest.raises(RegisterRefused, match="没有选中说明"):
        services.confirm_answers(ids=[made.pk], by=stranger.reviewer)


def test_answers_by_their_standing(team, series):
    waiting, confirmed = answer(team, series, 2), answer(team, series, 3, confirmed=True)
    assert standing_counts(team.department) == {"waiting": 1, "confirmed": 1, "returned": 0}
    services.return_answers(ids=[waiting.pk], reason="请写明依据。", by=team.reviewer)
    rows = {name: list(answers_of(team.department, name)) for name in ("waiting", "returned")}
    assert rows == {"waiting": [], "returned": [waiting]}
    assert isinstance(answers_of(team.department, "confirmed"), NumberAnswerQuerySet)
    assert list(answers_of(team.department, "confirmed")) == [confirmed]


def test_the_overview_counts_by_department(team, series):
    answer(team, series, 2)
    make_penalty(team, number=8)
    (line,) = overview(team.clerk)
    assert (line.department, line.series, line.to_answer, line.to_confirm) == (
        team.department,
        1,
        3,
        1,
    )
    assert (line.omitted, line.settled, line.counted) == (0, 0, 4)


def test_the_number_of_queries_does_not_grow(team, series):
    def queries():
        with CaptureQueriesContext(connection) as made:
            found(team)
            counts(team)
        return len(made)

    before = queries()
    make_penalty(team, number=400)
    make_series(team, "permit")
    assert queries() == before == 3
