"""The three rates from what the platform really answered."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.outbox.models import OutboxMessage
from publicity.models import PenaltyDecision
from publicity.selectors.rates import Counts, board, outside_rate, trend
from tests.factories.publicity import (
    corrected,
    make_department,
    make_penalty,
    make_permit,
    make_team,
    published,
)

OCTOBER = dt.date(2026, 10, 1)
DECIDED = dt.date(2026, 10, 12)  # deadline 2026-10-21


def settle(decision, state, received_on):
    OutboxMessage.objects.filter(stream=decision.reference, state="pending").update(
        state=state, settled_at=timezone.now(), received_on=received_on, receipt="SGS1"
    )


@pytest.fixture
def month(team):
    """One decision of each fate in October, and one in September."""
    with time_machine.travel("2026-10-20 12:00+08:00", tick=False):
        rows = {
            name: published(make_penalty(team, decided_on=DECIDED, number=number), team)
            for number, name in enumerate(("timely", "late", "rejected", "waiting"), start=1)
        }
        rows["draft"] = make_penalty(team, decided_on=DECIDED, number=9)
        rows["permit"] = published(make_permit(team, decided_on=DECIDED), team)
        make_penalty(team, decided_on=dt.date(2026, 9, 30), number=10)
    settle(rows["timely"], "accepted", dt.date(2026, 10, 21))
    settle(rows["late"], "accepted", dt.date(2026, 10, 22))
    settle(rows["rejected"], "rejected", dt.date(2026, 10, 20))
    settle(rows["permit"], "accepted", dt.date(2026, 10, 20))
    return rows


def test_counts_by_department_and_kind(team, month):
    result = board(month=OCTOBER, user=team.clerk)

    (line,) = result.lines
    assert line.department == team.department
    assert line.by_kind["penalty"] == Counts(5, 3, 2, 1)
    assert line.by_kind["permit"] == Counts(1, 1, 1, 1)
    assert result.total == Counts(6, 4, 3, 2)


def test_each_rate_shows_numerator_and_denominator(team, month):
    rates = board(month=OCTOBER, user=team.clerk).total.rates(OCTOBER)

    assert [(rate.label, rate.numerator, rate.denominator, rate.percent) for rate in rates] == [
        ("上报率", 4, 6, "66.6%"),
        ("合规率", 3, 4, "75.0%"),
        ("及时率", 2, 4, "50.0%"),
        ("瞒报率", 0, 0, "—"),
    ]
    assert [rate.missing for rate in rates] == [2, 1, 2, 0]


@pytest.mark.parametrize(
    ("gap", "names"),
    [
        ("unreported", {"waiting", "draft"}),
        ("invalid", {"rejected"}),
        ("late", {"late", "rejected"}),
    ],
)
def test_every_gap_leads_to_its_rows(team, month, gap, names):
    rows = outside_rate(PenaltyDecision.objects.decided_in(OCTOBER), gap)

    assert set(rows) == {month[name] for name in names}


def test_a_correction_does_not_make_a_timely_report_late(team, month):
    decision = month["timely"]
    with time_machine.travel("2026-10-28 12:00+08:00", tick=False):
        corrected(decision, team)
    settle(decision, "accepted", dt.date(2026, 10, 28))

    assert board(month=OCTOBER, user=team.clerk).total == Counts(6, 4, 3, 2)


def test_nothing_due_has_no_rate(team):
    rates = board(month=OCTOBER, user=team.clerk).total.rates(OCTOBER)

    assert {rate.percent for rate in rates} == {"—"}


def test_who_sees_which_departments(team, month):
    county = make_department("11340422MAEBD7E87U", "寿县应急管理局", level="county")
    other = make_team(county, prefix="shou_")
    office = User.objects.create(username="office", name="何芳")
    grant_role(user=office, role=Role.COMMITTEE_OFFICER, by=None)
    office = User.objects.get(pk=office.pk)
    make_department("11340400MB00010005", "淮南市安委办", is_committee_office=True)

    assert [line.department for line in board(month=OCTOBER, user=other.clerk).lines] == [county]
    assert len(board(month=OCTOBER, user=office).lines) == 2
    assert len(board(month=OCTOBER, user=None).lines) == 2
    chosen = board(month=OCTOBER, user=None, department=team.department)
    assert [line.department for line in chosen.lines] == [team.department]


def test_the_trend_has_every_month_up_to_the_last_also_empty_ones(team, month):
    found = trend(until=dt.date(2026, 10, 31), user=team.clerk)

    assert [day for day, _ in found] == [
        dt.date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(12)
    ]
    assert dict(found)[OCTOBER] == board(month=OCTOBER, user=team.clerk).total
    assert dict(found)[dt.date(2026, 9, 1)].due == 1
    assert dict(found)[dt.date(2026, 1, 1)] == Counts()


def test_the_trend_counts_only_what_the_person_sees(team, month):
    stranger = make_team(make_department(uscc="11340400MATX21HJ7K"), prefix="other-")

    assert all(counts == Counts() for _, counts in trend(until=OCTOBER, user=stranger.clerk))


def test_what_was_held_back_and_replaced_was_never_reported(team, month):
    messages = OutboxMessage.objects.filter(stream=month["waiting"].reference)
    messages.update(state="superseded", settled_at=timezone.now(), attempts=0)
    assert board(month=OCTOBER, user=team.clerk).total == Counts(6, 4, 3, 2)
    unreported = outside_rate(PenaltyDecision.objects.decided_in(OCTOBER), "unreported")
    assert set(unreported) == {month["waiting"], month["draft"]}
    messages.update(attempts=1)
    assert board(month=OCTOBER, user=team.clerk).total == Counts(6, 5, 3, 2)
    assert not outside_rate(PenaltyDecision.objects.decided_in(OCTOBER), "unreported").filter(
        pk=month["waiting"].pk
    )
