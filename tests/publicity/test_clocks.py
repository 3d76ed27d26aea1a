"""Provisional dates, the end of publicity, the light of a clock."""

import datetime as dt

import pytest
import time_machine

from credit_portal.notices.models import Notice
from credit_portal.regulations import services as regulations
from credit_portal.regulations.seed import DayRow
from publicity import services
from publicity.models import PenaltyDecision, Publication
from publicity.selectors.clocks import clock
from publicity.selectors.desk import piles
from tests.factories.publicity import Team, edited, make_penalty, published, submitted

DECIDED = dt.date(2026, 9, 24)  # deadline 2026-10-12, over the holidays of mid-autumn and October


@pytest.mark.parametrize(
    ("today", "light", "word"),
    [
        ("2026-09-28", "green", "剩 6 个工作日"),
        ("2026-10-09", "amber", "剩 2 个工作日"),
        ("2026-10-10", "amber", "剩 1 个工作日"),  # a working Saturday
        ("2026-10-12", "amber", "今天到期"),
        ("2026-10-13", "red", "逾期 1 个工作日"),
    ],
)
def test_the_light_of_a_running_clock(team, today, light, word):
    decision = make_penalty(team, decided_on=DECIDED)

    shown = clock(decision, dt.date.fromisoformat(today))

    assert (shown.deadline, shown.light, shown.word) == (dt.date(2026, 10, 12), light, word)
    assert "2018〕424号" in shown.explained.clause
    assert "国庆节" in {skip.name for skip in shown.explained.skipped}


def test_overdue_on_a_weekend_is_overdue(team):
    decision = make_penalty(team, decided_on=dt.date(2026, 10, 21))  # deadline Friday 2026-10-30

    assert clock(decision, dt.date(2026, 10, 31)).word == "逾期 1 个工作日"


@pytest.mark.parametrize(
    ("moment", "light", "word"),
    [("2026-10-12 17:00+08:00", "done", "按期公示"), ("2026-10-13 09:00+08:00", "red", "逾期公示")],
)
def test_the_light_of_a_stopped_clock(team, moment, light, word):
    with time_machine.travel(moment, tick=False):
        shown = clock(published(make_penalty(team, decided_on=DECIDED), team))

    assert (shown.running, shown.light, shown.word) == (False, light, word)


def test_a_provisional_deadline_moves_when_its_year_is_loaded(team):
    decided = dt.date(2026, 12, 25)
    with time_machine.travel("2026-12-28 09:00+08:00", tick=False):
        waiting = make_penalty(team, decided_on=decided)
        closed = published(make_penalty(team, decided_on=decided, number=2), team)
        before = waiting.deadline_on
        assert waiting.deadline_provisional
        PenaltyDecision.objects.update(reminded="half")
        assert services.recompute_open() == 0

        rest = [DayRow(dt.date(2027, 1, day), "rest", "元旦") for day in (1, 2, 3, 4)]
        regulations.load_year(year=2027, days=complete_year(rest), source="测试通知", by=None)
        assert services.recompute_open() == 1

    waiting.refresh_from_db()
    closed.refresh_from_db()
    assert not waiting.deadline_provisional
    assert waiting.deadline_on == before + dt.timedelta(days=1)
    assert (closed.deadline_on, closed.deadline_provisional) == (before, True)
    assert (waiting.reminded, closed.reminded) == ("", "half")  # the later date is told of anew
    note = Notice.objects.get(key__startswith="moved:")
    assert note.recipient == team.clerk
    assert "1 条未公示信息的最迟公示日已重新计算" in note.text


def test_a_year_that_moves_nothing_only_makes_the_date_certain(team):
    with time_machine.travel("2026-12-28 09:00+08:00", tick=False):
        waiting = make_penalty(team, decided_on=dt.date(2026, 12, 25), reminded="half")
        rest = [DayRow(dt.date(2027, 1, day), "rest", "元旦") for day in (1, 2, 3)]
        regulations.load_year(year=2027, days=complete_year(rest), source="测试通知", by=None)
        assert services.recompute_open() == 1

    before = waiting.deadline_on
    waiting.refresh_from_db()
    assert (waiting.deadline_on, waiting.deadline_provisional) == (before, False)
    assert waiting.reminded == "half"  # nobody is told twice of the same day


def complete_year(rest):
    """A year's arrangement with every statutory holiday, as loading demands."""
    days = {row.day: row for row in rest}
    for month, first, last, name in (
        (2, 5, 11, "春节"),
        (4, 3, 5, "清明节"),
        (5, 1, 5, "劳动节"),
        (6, 9, 11, "端午节"),
        (9, 15, 17, "中秋节"),
        (10, 1, 7, "国庆节"),
    ):
        for day in range(first, last + 1):
            date = dt.date(2027, month, day)
            days[date] = DayRow(date, "rest", name)
    return sorted(days.values(), key=lambda row: row.day)


def test_the_end_of_the_period_takes_a_decision_down(team):
    with time_machine.travel("2026-10-14 12:00+08:00", tick=False):
        decision = published(make_penalty(team), team)
    last_day = Publication.objects.get().ends_on

    assert services.expire_publications(last_day) == 0
    assert Publication.objects.public(last_day).exists()
    assert not Publication.objects.public(last_day + dt.timedelta(days=1)).exists()
    assert services.expire_publications(last_day + dt.timedelta(days=1)) == 1
    assert services.expire_publications(last_day + dt.timedelta(days=1)) == 0
    decision.refresh_from_db()
    assert (decision.state, decision.withdrawn_reason) == ("withdrawn", "公示期满")


def test_a_correction_has_no_clock(cast):
    team = Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
    row = published(make_penalty(team, decided_on=DECIDED), team)
    services.revise(kind="penalty", pk=row.pk, by=team.clerk, reason="金额录入有误。")
    row.refresh_from_db()
    long_after = DECIDED + dt.timedelta(days=90)

    stopped = clock(row, long_after)

    assert (stopped.running, stopped.light, stopped.word) == (
        False,
        "done",
        "更正版本，不设最迟公示日",
    )
    assert not piles(team.clerk, long_after)[1:]
    assert services.warn_of_deadlines(long_after) == 0
    again = submitted(edited(row, team, remarks="更正。"), team)
    services.approve(kind="penalty", ids=[again.pk], by=team.reviewer)
    again.refresh_from_db()
    assert (again.state, again.late_reason) == ("approved", row.late_reason)
