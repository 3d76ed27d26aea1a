"""The number of a decision stands on another one of the organ about the same party: clerk and reviewer are told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from publicity.models import PenaltyDecision
from publicity.selectors.same_number import same_number, same_number_as
from tests.factories.publicity import make_firm, make_penalty, submitted

NEW = reverse("staff:publicity:decision_create", args=["penalty"])
CHECK = reverse("staff:publicity:decision_check", args=["penalty"])
NUMBER = "（淮）应急罚〔2026〕77号"
DAY = dt.date(2026, 9, 30)


def page_of(row):
    return reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk])


@pytest.fixture
def earlier(team):
    return make_penalty(team, decided_on=DAY, document_number="(淮)应急罚[2026]77号")


def test_the_clerk_is_warned_with_a_link_and_can_stand_by_it(team, desk, typed, earlier):
    client = desk(team.clerk)
    page = client.post(NEW, typed)
    (doubt,) = page.context["doubts"]
    assert "已用于同一行政相对人、同一机关的另一条信息，其决定日期是 2026-09-30（草稿）。" in doubt
    link = f'<a href="{page_of(earlier)}">查看已有的信息（草稿）</a>'
    assert link in page.content.decode()
    assert PenaltyDecision.objects.count() == 1
    client.post(NEW, typed | {"confirmed": "1", "doubted": doubt})
    row = PenaltyDecision.objects.exclude(pk=earlier.pk).get()
    assert row.confirmed_by == team.clerk


def test_it_is_said_when_the_box_is_left(team, desk, typed, earlier):
    client = desk(team.clerk)
    told = client.post(CHECK, typed | {"field": "document_number", "decided_on": ""})
    text = told.content.decode()
    assert "已用于同一行政相对人、同一机关的另一条信息" in text
    assert f'<a href="{page_of(earlier)}">' in text
    itself = {"field": "document_number", "decision": str(earlier.pk)}
    assert not client.post(CHECK, typed | itself).content.decode().strip()
    assert "另一条" not in client.post(CHECK, typed | {"field": "decided_on"}).content.decode()


def test_a_change_of_the_decision_itself_is_no_doubt(team, desk, typed, earlier):
    address = reverse("staff:publicity:decision_edit", args=["penalty", earlier.pk])
    assert desk(team.clerk).post(address, typed | {"revision": "1"}).status_code == 302


def test_the_reviewer_is_told_on_the_page(team, desk, earlier):
    row = submitted(make_penalty(team, document_number=NUMBER), team)
    text = desk(team.reviewer).get(page_of(row)).content.decode()
    assert "文号与另一条信息相同" in text
    assert "决定日期是 2026-09-30，由淮南市应急管理局填报，当前为“草稿”。" in text
    assert f'<a href="{page_of(earlier)}">' in text


class TestWhatCounts:
    def values(self, row, **changes):
        return {
            "document_number": NUMBER,
            "party_name": row.party_name,
            "party_code": row.party_code,
            "authority_code": row.authority_code,
            "decided_on": "2026-10-09",
        } | changes

    def test_the_same_day_is_the_same_decision(self, earlier):
        assert same_number("penalty", self.values(earlier)) == earlier
        assert same_number("penalty", self.values(earlier, decided_on="2026-09-30")) is None
        assert same_number("penalty", self.values(earlier), besides=earlier.pk) is None

    def test_other_parties_organs_and_kinds_do_not(self, earlier):
        other = make_firm(code="91340406MA34NXKN8X", name="淮南另一家有限公司")
        assert same_number("penalty", self.values(earlier, party_code=other.code)) is None
        assert same_number("penalty", self.values(earlier, authority_code="x")) is None
        assert same_number("permit", self.values(earlier)) is None
        assert same_number("penalty", self.values(earlier, document_number="")) is None

    def test_a_person_goes_by_name(self, team):
        row = make_penalty(team, person=True, decided_on=DAY, document_number=NUMBER)
        assert same_number("penalty", self.values(row)) == row

    def test_what_was_withdrawn_may_be_entered_again(self, team, earlier):
        PenaltyDecision.objects.update(
            state="withdrawn", submitted_by=team.clerk, submitted_at=timezone.now()
        )
        assert same_number("penalty", self.values(earlier)) is None
        earlier.refresh_from_db()
        assert same_number_as(earlier) is None
