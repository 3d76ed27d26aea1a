"""Reminders: at half of the period, near its end, on the day and past it; once for each, whoever rings."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections

from credit_portal.notices.models import Notice
from credit_portal.regulations.reminders import last_reached, stages_on
from publicity import services
from publicity.filters import filtered
from publicity.models import PenaltyDecision
from tests.factories.publicity import approved, make_penalty, make_team, published, submitted

DECIDED = dt.date(2026, 9, 24)  # deadline 2026-10-12, over the holidays of mid-autumn and October
OCTOBER = {day: dt.date(2026, 10, day) for day in range(1, 32)}


@pytest.mark.parametrize(
    ("total", "left", "stage"),
    [
        (7, 7, None),
        (7, 4, None),
        (7, 3, "half"),
        (7, 2, "half"),
        (7, 1, "eve"),
        (7, 0, "day"),
        (7, -1, "over"),
        (20, 11, None),
        (20, 10, "half"),
        (20, 5, "half"),
        (20, 4, "most"),
        (20, 2, "most"),
        (20, 1, "eve"),
        (1, 1, "eve"),
        (0, 0, "day"),
    ],
)
def test_the_stage_of_so_many_working_days(total, left, stage):
    found = last_reached(stages_on(DECIDED), total, left)

    assert (found.key if found else None) == stage


@pytest.mark.parametrize(
    ("day", "level", "words"),
    [
        (
            8,
            "info",
            "期限过半：1 条行政处罚信息最迟公示日 2026-10-12，还剩 3 个工作日（待提交 1 条）。",
        ),
        (
            10,
            "amber",
            "期限前一个工作日：1 条行政处罚信息最迟公示日 2026-10-12，还剩 1 个工作日（待提交 1 条）。",
        ),
        (12, "red", "期限当天：1 条行政处罚信息最迟公示日 2026-10-12，今天到期（待提交 1 条）。"),
        (
            14,
            "red",
            "已逾期：1 条行政处罚信息最迟公示日 2026-10-12，已逾期 2 个工作日（待提交 1 条）。",
        ),
    ],
)
def test_everybody_of_the_department_hears_it_once(team, day, level, words):
    make_penalty(team, decided_on=DECIDED)

    assert services.warn_of_deadlines(OCTOBER[day]) == 3
    assert services.warn_of_deadlines(OCTOBER[day]) == 0

    told = Notice.objects.filter(recipient__in=[team.clerk, team.reviewer, team.head])
    assert {(one.level, one.text, one.outside) for one in told} == {(level, words, words)}
    assert told.count() == 3


def test_before_the_half_and_after_publication_nobody_is_told(team):
    with time_machine.travel("2026-09-30 09:00+08:00", tick=False):
        make_penalty(team, decided_on=DECIDED)
        published(make_penalty(team, decided_on=DECIDED, number=2), team)

        assert services.warn_of_deadlines() == 0


def test_the_notice_says_at_which_step_they_wait_and_leads_to_exactly_them(team, rf):
    with time_machine.travel("2026-10-09 09:00+08:00", tick=False):
        rows = [
            make_penalty(team, decided_on=DECIDED),
            submitted(make_penalty(team, decided_on=DECIDED, number=2), team),
            approved(make_penalty(team, decided_on=DECIDED, number=3), team),
        ]
        published(make_penalty(team, decided_on=DECIDED, number=4), team)
        make_penalty(team, decided_on=dt.date(2026, 10, 8), number=5)

        assert services.warn_of_deadlines() == 3
        notice = Notice.objects.filter(recipient=team.head).get()
        query = rf.get(notice.link).GET
        found = filtered(PenaltyDecision.objects.all(), query, team.head)

    assert "3 条" in notice.text
    assert "（待提交 1 条，待审核 1 条，待公示 1 条）" in notice.text
    assert set(found.values_list("pk", flat=True)) == {row.pk for row in rows}


def test_what_arrives_after_the_notice_is_told_of_as_well(team):
    make_penalty(team, decided_on=DECIDED)
    services.warn_of_deadlines(OCTOBER[9])

    make_penalty(team, decided_on=DECIDED, number=2)
    assert services.warn_of_deadlines(OCTOBER[9]) == 3

    assert [one.text[:8] for one in Notice.objects.filter(recipient=team.clerk)] == [
        "期限过半：1 条"
    ] * 2


def test_a_stage_that_was_slept_through_is_made_up_for_once(team):
    make_penalty(team, decided_on=DECIDED)

    assert services.warn_of_deadlines(OCTOBER[13]) == 3
    assert services.warn_of_deadlines(OCTOBER[15]) == 0

    assert {one.text.partition("：")[0] for one in Notice.objects.all()} == {"已逾期"}


def test_the_committee_office_hears_of_the_day_and_of_what_is_late(cast):
    assert cast.officer.pk
    bureau = make_team(cast.bureau, "局")
    county = make_team(cast.county, "县")
    for number in (1, 2):
        make_penalty(bureau, decided_on=DECIDED, number=number)
    make_penalty(county, decided_on=DECIDED, number=3)
    make_penalty(county, decided_on=dt.date(2026, 9, 21), number=4)
    told = Notice.objects.filter(recipient=cast.officer)

    services.warn_of_deadlines(OCTOBER[10])
    services.warn_of_deadlines(OCTOBER[12])
    services.warn_of_deadlines(OCTOBER[12])

    assert [one.text for one in told.order_by("id")] == [
        f"已逾期，尚未公示的共 1 条：{cast.county.name} 1 条。",
        f"期限当天，尚未公示的共 3 条：{cast.bureau.name} 2 条，{cast.county.name} 1 条。",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_ring_at_once_tell_once():
    team = make_team()
    for number in range(1, 41):
        make_penalty(team, decided_on=DECIDED, number=number)

    def ring(_):
        try:
            return services.warn_of_deadlines(OCTOBER[12])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ring, range(4)))

    texts = Notice.objects.filter(recipient=team.clerk).values_list("text", flat=True)
    assert sum(int(text.partition("：")[2].split(" ")[0]) for text in texts) == 40
    assert set(PenaltyDecision.objects.values_list("reminded", flat=True)) == {"day"}
