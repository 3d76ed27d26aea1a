"""What waits for whom: counts of the desk, each with the filter that shows its rows."""

import datetime as dt

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from publicity import services
from publicity.filters import DecisionFilter, PublicationFilter, filtered, read_month
from publicity.models import ImportBatch, PenaltyDecision, Publication
from publicity.selectors.deliveries import state_counts
from publicity.selectors.desk import others_rows, piles, turn_rows
from publicity.selectors.lines import steps_for
from publicity.selectors.public import day_figures, public_counts
from publicity.tasks import check_deadlines, expire_publications
from tests.factories.publicity import (
    approved,
    make_department,
    make_firm,
    make_penalty,
    make_permit,
    make_team,
    published,
    submitted,
)

TODAY = "2026-11-02 12:00+08:00"


@pytest.fixture
def desk(team):
    """One decision in every state; the draft is overdue, the submitted one due today."""
    with time_machine.travel(TODAY, tick=False):
        rows = {
            "draft": make_penalty(team, decided_on=dt.date(2026, 9, 21), number=1),
            "in_review": submitted(
                make_penalty(team, decided_on=dt.date(2026, 10, 22), number=2), team
            ),
            "approved": approved(
                make_penalty(team, decided_on=dt.date(2026, 10, 28), number=3), team
            ),
            "published": published(
                make_penalty(team, decided_on=dt.date(2026, 10, 28), number=4), team
            ),
            "permit": published(make_permit(team), team),
        }
        OutboxMessage.objects.filter(stream=rows["published"].reference).update(
            state="rejected", settled_at=timezone.now(), received_on=timezone.localdate()
        )
        yield rows


def shown(user):
    return {(pile.key, pile.count, pile.others) for pile in piles(user)}


def test_each_person_sees_what_waits_for_them_and_what_for_others(team, desk):
    assert shown(team.clerk) == {
        ("to_submit", 1, 0),
        ("rejected", 1, 0),
        ("overdue", 1, 0),
        ("due_today", 0, 1),
    }
    assert shown(team.reviewer) == {
        ("to_review", 1, 0),
        ("overdue", 0, 1),
        ("due_today", 1, 0),
    }
    assert shown(team.head) == {
        ("to_publish", 1, 0),
        ("overdue", 0, 1),
        ("due_today", 0, 1),
    }


@pytest.mark.parametrize("person", ["clerk", "reviewer", "head"])
def test_a_pile_leads_to_exactly_its_rows(team, desk, person):
    user = getattr(team, person)
    for pile in piles(user):
        for query, count in ((pile.query, pile.count), (pile.others_query, pile.others)):
            if not query:
                continue
            found = filtered(PenaltyDecision.objects.visible_to(user), QueryDict(query), user)
            assert found.count() == count, (pile.key, query)


def test_a_turn_is_what_the_person_can_do_now(team, desk):
    """Roles may meet in one person; nobody takes two of the three parts."""
    for role in (Role.CLERK, Role.REVIEWER, Role.HEAD):
        for user in (team.clerk, team.reviewer, team.head):
            grant_role(user=user, role=role, department=team.department, by=None)
    for user in (team.clerk, team.reviewer, team.head):
        user = type(user).objects.get(pk=user.pk)
        for row in PenaltyDecision.objects.open():
            can = set(steps_for(row, user)) - {"return"}
            rows = PenaltyDecision.objects.filter(pk=row.pk)
            assert turn_rows(rows, user).exists() == bool(can), (row, user)
            assert others_rows(rows, user).exists() != bool(can), (row, user)
    both = next(pile for pile in piles(team.reviewer) if pile.key == "to_submit")
    assert (both.count, both.others) == (1, 0)


def test_what_a_person_had_a_part_in(team, desk):
    rows = PenaltyDecision.objects.all()
    for user, names in (
        (team.clerk, {"draft", "in_review", "approved", "published"}),
        (team.reviewer, {"approved", "published"}),
        (team.head, {"published"}),
    ):
        found = filtered(rows, QueryDict("mine=own"), user)
        assert set(found) == {desk[name] for name in names}


def test_nothing_waits_for_strangers(desk):
    other = make_team(make_department("11340422MAEBD7E87U", "寿县应急管理局"), prefix="shou_")

    assert shown(other.clerk) == set()
    assert {row.count for row in state_counts(other.clerk)} == {0}
    assert not ImportBatch.objects.visible_to(other.clerk).exists()


def test_delivery_states_are_counted(team, desk):
    counts = {row.state: row.count for row in state_counts(team.clerk)}

    assert (counts["rejected"], counts["pending"]) == (1, 1)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"q": "应急罚〔2026〕4号"}, {"published"}),
        ({"q": "焜屿"}, {"draft", "in_review", "approved", "published"}),
        ({"state": "draft"}, {"draft"}),
        ({"month": "2026-09"}, {"draft"}),
        ({"month": "nonsense"}, {"draft", "in_review", "approved", "published"}),
        ({"clock": "overdue"}, {"draft"}),
        ({"clock": "today"}, {"in_review"}),
        ({"clock": "soon"}, {"in_review"}),
        ({"clock": "open"}, {"approved"}),
        ({"delivery": "failed"}, {"published"}),
        ({"gap": "unreported"}, {"draft", "in_review", "approved"}),
        ({"until": "2026-11-02"}, {"draft", "in_review"}),
        ({"authority": "11340400MAMJ1E6E06", "state": "approved"}, {"approved"}),
    ],
)
def test_filters(team, desk, data, names):
    found = DecisionFilter(data, queryset=PenaltyDecision.objects.all()).qs

    assert set(found) == {desk[name] for name in names}


def test_public_figures_and_filters(team, desk):
    figures = day_figures()

    assert (figures.permits, figures.penalties) == (1, 1)
    assert (figures.new_permits, figures.new_penalties) == (1, 1)
    firm = make_firm()
    assert public_counts([firm.pk]) == {firm.pk: 2}
    rows = Publication.objects.public()
    assert PublicationFilter({"q": "焜屿"}, queryset=rows).qs.count() == 2
    assert rows.search(firm.code.lower()).count() == 2
    assert rows.with_document_number(desk["published"].document_number).count() == 1
    assert not rows.with_document_number("").exists()


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", dt.date(2026, 10, 1)),
        (" 202610", dt.date(2026, 10, 1)),
        ("2026-13", None),
        ("1800-01", None),
        ("十月", None),
    ],
)
def test_months_are_read_or_left_alone(text, month):
    assert read_month(text) == month


@pytest.mark.django_db(transaction=True)
def test_scheduled_tasks_run_once_for_each_slot():
    from credit_portal.jobs.models import JobSlot

    with time_machine.travel(TODAY, tick=False):
        for _ in range(2):
            check_deadlines()
            expire_publications()

    outcomes = dict(JobSlot.objects.values_list("name", "outcome"))
    assert outcomes == {
        "publicity.check_deadlines": "重新计算 0 条，提醒 0 次",
        "publicity.expire_publications": "期满撤下 0 条",
    }


def test_a_refusal_of_the_platform_is_told_once(team, desk):
    assert services.warn_of_rejections() == 1
    assert services.warn_of_rejections() == 0

    notice = Notice.objects.get()
    assert (notice.recipient, notice.level) == (team.clerk, "red")
    assert notice.link == f"/staff/publicity/penalty/{desk['published'].pk}/"
