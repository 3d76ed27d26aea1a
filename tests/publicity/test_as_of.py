"""What the public page said on a day: versions with the moments between which each stood."""

import datetime as dt

import pytest
import time_machine

from publicity import services
from publicity.models import Publication
from publicity.selectors.as_of import said_on, versions_said
from tests.factories.publicity import approved, edited, make_penalty, published

D = dt.date


@pytest.fixture
def story(team):
    """Public on the 14th at noon, corrected on the 16th at nine, taken down on the 20th, back on the 26th."""
    with time_machine.travel("2026-10-14 12:00+08:00", tick=False):
        row = published(make_penalty(team), team)
    with time_machine.travel("2026-10-16 09:00+08:00", tick=False):
        services.revise(kind="penalty", pk=row.pk, by=team.clerk, reason="金额录入有误。")
        row.refresh_from_db()
        published(edited(row, team, penalty_content="处罚款人民币3.2万元整"), team)
    with time_machine.travel("2026-10-20 17:00+08:00", tick=False):
        services.withdraw(kind="penalty", pk=row.pk, by=team.head, reason="法院判决撤销。")
    with time_machine.travel("2026-10-26 10:00+08:00", tick=False):
        services.reopen(kind="penalty", pk=row.pk, by=team.clerk, reason="二审改判，恢复公示。")
        row.refresh_from_db()
        published(row, team)
    return row


@pytest.mark.parametrize(
    ("day", "versions"),
    [
        (D(2026, 10, 13), []),
        (D(2026, 10, 14), [1]),
        (D(2026, 10, 15), [1]),
        (D(2026, 10, 16), [1, 2]),
        (D(2026, 10, 17), [2]),
        (D(2026, 10, 20), [2]),
        (D(2026, 10, 21), []),
        (D(2026, 10, 25), []),
        (D(2026, 10, 26), [4]),
        (D(2027, 10, 14), [4]),
        (D(2027, 10, 15), []),
    ],
)
def test_the_versions_of_a_day(story, day, versions):
    found = said_on(versions_said(story.reference), day)

    assert [said.publication.version for said in found] == versions


def test_why_each_ended(story):
    said = versions_said(story.reference)

    assert [one.ended for one in said] == ["由第 2 版代替", "撤下：法院判决撤销。", "公示期满"]
    assert said[0].until == said[1].since
    assert Publication.objects.get(version=4).ends_on == D(2027, 10, 14)


def test_a_permit_without_end_is_said_for_ever(team):
    row = published(make_penalty(team), team)
    Publication.objects.update(ends_on=None)
    (said,) = versions_said(row.reference)

    assert (said.until, said.ended) == (None, "")
    assert said_on([said], D(2199, 1, 1)) == [said]


PAGE = "/staff/publicity/penalty/{}/as-of/"


def test_the_page_shows_the_frozen_text_of_the_day(story, team, sign_in, page_client):
    sign_in(page_client, team.clerk)
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        first = page_client.get(PAGE.format(story.pk), {"on": "2026-10-15"}).content.decode()
        today = page_client.get(PAGE.format(story.pk)).content.decode()
        gone = page_client.get(PAGE.format(story.pk), {"on": "20261022"}).content.decode()
        wrong = page_client.get(PAGE.format(story.pk), {"on": "2026-02-30"}).content.decode()
        later = page_client.get(PAGE.format(story.pk), {"on": "2027-01-01"}).content.decode()

    digest = Publication.objects.get(version=1).digest
    assert "2026-10-15 公开页面的内容：第 1 版" in first
    assert digest in first
    assert "处罚款人民币3.2万元整" not in first
    assert "2026-11-20 公开页面的内容：第 4 版" in today
    assert "处罚款人民币3.2万元整" in today
    assert "当日没有公示" in gone
    assert "撤下：法院判决撤销。" in gone
    assert "没有这一天" in wrong
    assert "这一天还没有到" in later


def test_what_was_never_public_says_so(team, sign_in, page_client):
    row = approved(make_penalty(team), team)
    sign_in(page_client, team.clerk)

    assert "当日没有公示" in page_client.get(PAGE.format(row.pk)).content.decode()
    assert (
        "查看某一天的公示内容"
        not in page_client.get(f"/staff/publicity/penalty/{row.pk}/").content.decode()
    )


def test_another_department_does_not_find_it(story, cast, sign_in, page_client):
    sign_in(page_client, cast.county_clerk)
    assert page_client.get(PAGE.format(story.pk)).status_code == 404
