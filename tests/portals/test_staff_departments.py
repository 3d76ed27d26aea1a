"""待办 of the committee office: which organs are behind, each number with its rows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.calendar import load_calendar
from tests.factories.publicity import Team, make_department, make_penalty, make_permit, published
from tests.pages import PageClient

HOME = reverse("staff:home")
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(sign_in, cast):
    return sign_in(PageClient(), cast.officer)


@pytest.fixture
def teams(cast):
    """The three organs; the same person enters the decisions of each."""
    people = (cast.clerk, cast.reviewer, cast.head)
    return [Team(organ, *people) for organ in (cast.bureau, cast.housing, cast.county)]


@pytest.fixture
def city(teams):
    """The first has something of everything, the second is near a deadline, nothing presses the third."""
    today = timezone.localdate()
    calendar = load_calendar()
    bureau, housing, county = teams
    make_penalty(bureau, number=1, deadline_on=today - DAY)
    # Nine working days late, whichever day of the week it is.
    make_penalty(bureau, number=2, deadline_on=calendar.add_workdays(today + DAY, -10))
    make_permit(bureau, number=3, deadline_on=today - DAY)
    make_permit(bureau, number=4, deadline_on=today)
    make_penalty(housing, number=5, deadline_on=calendar.add_workdays(today, 2))
    make_penalty(county, number=6, deadline_on=calendar.add_workdays(today, 3))
    # A correction has no deadline of its own.
    make_penalty(county, number=7, deadline_on=today - DAY, version=2)


def organs(client):
    return {organ.department.name: organ for organ in client.get(HOME).context["organs"]}


def numbers(rows):
    return {one.label: one.count for one in rows}


def test_who_is_behind_comes_first_and_who_is_not_is_left_out(city, office):
    page = office.get(HOME)
    found = organs(office)
    assert list(found) == ["淮南市应急管理局", "淮南市住房和城乡建设局"]
    bureau, housing = found.values()
    assert numbers(bureau.overdue) == {"行政许可": 1, "行政处罚": 2}
    assert numbers(bureau.soon) == {"行政许可": 1}
    assert (numbers(housing.overdue), numbers(housing.soon)) == ({}, {"行政处罚": 1})
    assert bureau.late > 5
    assert housing.late == 0
    assert (page.context["overdue_in_all"], page.context["soon_in_all"]) == (3, 2)
    assert f"最长逾期 {bureau.late} 个工作日" in page.content.decode()
    assert "没有需要您办理的信息" not in page.content.decode()


def test_how_late_is_said_in_working_days(teams, office, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 4, 4, tzinfo=dt.UTC))  # a Wednesday
    make_penalty(teams[0], number=1, deadline_on=dt.date(2026, 10, 30))
    make_permit(teams[0], number=1, deadline_on=dt.date(2026, 11, 3))
    (organ,) = organs(office).values()
    assert organ.late == 3


def test_every_number_leads_to_exactly_its_rows(city, office):
    for organ in organs(office).values():
        links = [*organ.overdue, *organ.soon, *(gap for cell in organ.rates for gap in cell.gaps)]
        assert links
        for link in links:
            assert office.get(link.url).context["paginator"].count == link.count, link


def test_an_organ_whose_reports_were_not_taken_in_time_is_behind(teams, office):
    row = published(make_penalty(teams[0]), teams[0])
    sent = OutboxMessage.objects.filter(stream=row.reference)
    assert organs(office) == {}
    sent.update(state="rejected", settled_at=timezone.now())
    assert list(organs(office)) == ["淮南市应急管理局"]
    sent.update(state="accepted", received_on=row.deadline_on, receipt="SGS1")
    assert organs(office) == {}


@pytest.mark.parametrize("person", ["clerk", "head", "sysadmin", "secadmin", "auditor"])
def test_only_who_looks_into_every_department_sees_it(city, cast, sign_in, person):
    page = sign_in(PageClient(), getattr(cast, person)).get(HOME)
    assert not page.context["oversees"]
    assert "需要督促的机关" not in page.content.decode()


def test_the_number_of_queries_does_not_grow(teams, office):
    def queries():
        office.get(HOME)
        with CaptureQueriesContext(connection) as found:
            office.get(HOME)
        return len(found)

    late = timezone.localdate() - DAY
    make_penalty(teams[0], number=1, deadline_on=late)
    make_permit(teams[0], number=1, deadline_on=late)
    few = queries()
    for number in range(2, 9):
        organ = make_department(f"1134040{number}MATX21HJ7K", f"第{number}局")
        team = Team(organ, teams[0].clerk, teams[0].reviewer, teams[0].head)
        make_penalty(team, number=number, deadline_on=late)
        make_permit(team, number=number, deadline_on=timezone.localdate())
    assert len(organs(office)) == 8
    assert queries() == few
