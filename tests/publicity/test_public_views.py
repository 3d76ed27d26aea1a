"""Public lists and decision pages: what is shown, what no longer is, and at what price."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.accounts.models import Department
from publicity import querysets, services
from publicity.fields import fields_for
from publicity.models import PermitDecision, Publication
from tests.factories.publicity import (
    approved,
    edited,
    make_department,
    make_penalty,
    make_permit,
    published,
    submitted,
)

LIST = "/publicity/penalty/"
TODAY = timezone.localdate


def page_of(decision):
    row = Publication.objects.current().get(reference=decision.reference)
    return f"/p/{row.public_id}/"


def publish_penalties(team, count, first=1):
    for number in range(first, first + count):
        published(make_penalty(team, number=number), team)


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def text(response):
    return response.content.decode()


class TestList:
    def test_only_what_is_public_stands_in_it(self, page_client, team):
        shown = published(make_penalty(team, number=1), team)
        approved(make_penalty(team, number=2), team)
        submitted(make_penalty(team, number=3), team)
        make_penalty(team, number=4)
        permit = published(make_permit(team, number=5), team)

        page = text(page_client.get(LIST))

        assert page_of(shown) in page
        assert page_of(permit) not in page
        for number in (2, 3, 4):
            assert f"〕{number}号" not in page
        assert "<title>行政处罚公示 - " in page
        assert page_of(permit) in text(page_client.get("/publicity/permit/"))

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        publish_penalties(team, 1)
        one = queries(page_client, LIST)
        publish_penalties(team, 7, first=2)
        assert queries(page_client, LIST) == one

    def test_another_kind_is_not_found(self, page_client, db):
        assert page_client.get("/publicity/reward/").status_code == 404

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=焜屿", True),
            ("q=91340405mayhmm8f8x", True),
            ("q=（淮）应急罚〔{year}〕1号", True),
            ("q=(淮)应急罚[{year}]1号", True),
            ("q=化工", False),
            ("authority=11340400MAMJ1E6E06", True),
            ("decided_from={today}", True),
            ("decided_until={today}", True),
            ("decided_from={tomorrow}", False),
        ],
    )
    def test_filters(self, page_client, team, query, found):
        decision = published(make_penalty(team), team)
        day = TODAY()
        query = query.format(year=day.year, today=day, tomorrow=day + dt.timedelta(days=1))
        assert (page_of(decision) in text(page_client.get(f"{LIST}?{query}"))) is found

    def test_a_filter_that_cannot_be_read_is_said_and_shows_nothing(self, page_client, team):
        make_department("11340422MAEBD7E87U", "寿县应急管理局")
        decision = published(make_penalty(team), team)
        page = text(page_client.get(f"{LIST}?decided_from=yesterday"))
        assert page_of(decision) not in page
        assert "没有这一天，请按 2026-09-27 的样子填写。" in page

    def test_the_firm_heads_its_row_and_leads_to_the_decision(self, page_client, team):
        decision = published(make_penalty(team, confiscated_amount=Decimal("0.500000")), team)
        person = published(make_penalty(team, number=2, person=True, fine_amount=None), team)
        page = text(page_client.get(LIST))
        head = f'<a href="{page_of(decision)}">{decision.party_name}<span class="sub">'
        assert f'<th scope="row" class="table__lead">{head}{decision.document_number}<' in page
        assert f'<a href="/entities/{decision.party_code}/"><code>' in page
        assert "罚款 3.2 万元" in page
        assert "没收 0.5 万元" in page
        assert Publication.objects.get(reference=person.reference).amounts == []
        permit = published(make_permit(team, number=3), team)
        assert Publication.objects.get(reference=permit.reference).amounts == []
        assert "罚没金额" not in text(page_client.get("/publicity/permit/"))

    def test_what_can_be_taken_away_stands_above_the_rows(self, page_client, team):
        published(make_penalty(team), team)
        page = text(page_client.get(LIST))
        rows = page.index("<table")
        assert page.index("下载 CSV") < rows
        assert page.index("订阅更新") < rows

    def test_a_list_is_searched_by_what_its_own_kind_bears(self, team, monkeypatch):
        """What only penalties bear would have the permits walked to their end."""
        monkeypatch.setattr(querysets, "SAMPLE", 100)  # common: more than one
        for number in (1, 2, 3):
            published(make_penalty(team, number=number), team)
        published(make_permit(team, number=4, document_number="（淮）应急许准〔2026〕4号"), team)
        bears = Q(document_number__contains="应急罚")
        rows = Publication.objects.public()
        assert rows._is_common(bears)
        assert rows.filter(kind="penalty")._is_common(bears)
        assert not rows.filter(kind="permit")._is_common(bears)

    def test_the_planner_knows_the_numbers_as_they_are_searched(self, db):
        """Other than the index, whose expression Django keeps, the statistics are made by hand in a migration."""
        told = (
            "SELECT stxrelid::regclass, unnest(pg_get_statisticsobjdef_expressions(oid))"
            " FROM pg_statistic_ext WHERE stxname = 'publication_number_form'"
        )
        index = "SELECT pg_get_indexdef('publication_number_bigrams'::regclass)"
        with connection.cursor() as cursor:
            table, expression = cursor.execute(told).fetchone()
            (indexed,) = cursor.execute(index).fetchone()
        assert table == Publication._meta.db_table
        assert f"bigrams({expression})" in indexed


class TestDecision:
    def test_fields_stand_in_national_order(self, page_client, team):
        decision = published(make_penalty(team), team)
        page = text(page_client.get(page_of(decision)))
        rows = Publication.objects.get().snapshot
        assert [row["code"] for row in rows] == [
            field.code
            for field in fields_for("penalty")
            if field.public and field.code in {row["code"] for row in rows}
        ]
        places = [
            page.index(f"<dt>{field}</dt>")
            for field in ("行政处罚决定书文号", "处罚依据", "处罚机关")
        ]
        assert places == sorted(places)
        assert "<title>淮南市焜屿电梯维保有限公司 行政处罚决定 - " in page
        for word in ("公示期", "怎样算的", "信息来源", "第 1 版", "SHA-256"):
            assert word in page

    def test_a_person_is_masked_and_has_no_number(self, page_client, team):
        facts = "王小明未经许可储存烟花爆竹，王小明对此无异议。"
        decision = published(make_penalty(team, person=True, facts=facts), team)
        page = text(page_client.get(page_of(decision)))
        assert "王**" in page
        assert "王小明" not in page
        assert "11010519491231002X" not in page
        assert "证件" not in page
        assert "王**未经许可储存烟花爆竹，王**对此无异议。" in page

    def test_what_is_not_yet_or_no_longer_public_is_gone_without_its_content(
        self, page_client, team
    ):
        withdrawn, expired, early = (
            published(make_penalty(team, number=number), team) for number in (1, 2, 3)
        )
        services.withdraw(kind="penalty", pk=withdrawn.pk, by=team.head, reason="决定被撤销。")
        day = TODAY()
        move(expired, starts_on=day - dt.timedelta(days=9), ends_on=day - dt.timedelta(days=1))
        move(early, starts_on=day + dt.timedelta(days=1))
        for decision in (withdrawn, expired, early):
            answer = page_client.get(page_of(decision))
            assert answer.status_code == 410
            page = text(answer)
            assert decision.party_name not in page
            assert decision.document_number not in page
            assert "已停止公示" in page
        listed = text(page_client.get(LIST))
        assert "没有符合条件的信息" in listed

    def test_the_last_day_is_public(self, page_client, team):
        decision = published(make_penalty(team), team)
        move(decision, ends_on=TODAY())
        assert page_client.get(page_of(decision)).status_code == 200

    def test_the_newest_version_stands_at_the_same_address(self, page_client, team):
        decision = published(make_penalty(team, facts="第一版的事实。"), team)
        address = page_of(decision)
        services.revise(kind="penalty", pk=decision.pk, by=team.clerk, reason="更正事实。")
        assert "第一版的事实。" in text(page_client.get(address))
        published(edited(decision, team, facts="第二版的事实。"), team)
        page = text(page_client.get(address))
        assert "第二版的事实。" in page
        assert "第一版的事实。" not in page
        assert "第 2 版" in page
        assert text(page_client.get(LIST)).count(address) == 1

    def test_how_to_reach_the_organ(self, page_client, team):
        address = page_of(published(make_penalty(team), team))
        assert 'class="organ"' not in text(page_client.get(address))
        Department.objects.update(public_phone="0554-000 0001")
        assert '电话 <a href="tel:0554-0000001">0554-000 0001</a></span>' in text(
            page_client.get(address)
        )
        Department.objects.update(public_phone="", public_address="示例路 1 号")
        page = text(page_client.get(address))
        assert '<span class="organ">地址 示例路 1 号</span>' in page
        assert "电话 <a" not in page.split("<footer")[0]

    def test_on_paper_it_bears_its_number_and_the_code_of_its_check(self, page_client, team):
        decision = published(make_penalty(team), team)
        row = Publication.objects.get(reference=decision.reference)
        page = text(page_client.get(page_of(decision)))
        assert f"编号 {row.public_id}-1" in page
        assert f'src="/p/{row.public_id}/qr.svg?of=sheet"' in page
        checked = f"http://testserver/p/{row.public_id}/?v=1&amp;d={row.digest[:16]}"
        assert f'<a href="{checked}">' in page
        assert "二维码有效" in text(page_client.get(checked.replace("&amp;", "&")))
        plain, of_sheet = (
            page_client.get(f"/p/{row.public_id}/qr.svg{query}").content
            for query in ("", "?of=sheet")
        )
        assert plain != of_sheet

    def test_an_address_of_nothing_is_not_found(self, page_client, db):
        assert page_client.get("/p/zzzzzzzzzzzz/").status_code == 404

    def test_a_permit_says_until_when_it_holds(self, page_client, team):
        decision = published(make_permit(team, valid_to=dt.date(2099, 12, 31)), team)
        page = text(page_client.get(page_of(decision)))
        assert "长期" in page
        assert "2099" not in page
        assert "最早可申请修复" not in page
        assert PermitDecision.objects.get().state == "published"


def move(decision, **days):
    Publication.objects.filter(reference=decision.reference).update(**days)


@pytest.mark.parametrize("address", ["/", LIST, "/search/?q=焜屿", "decision"])
def test_who_looks_makes_no_difference(page_client, team, sign_in, address):
    """Neither signs of a session nor of a person in what may be kept by a cache for all."""
    decision = published(make_penalty(team), team)
    address = page_of(decision) if address == "decision" else address
    first = page_client.get(address)
    page_client.cookies["session"] = "x"
    page_client.cookies["anything"] = "y"
    second = page_client.get(address)
    for name in ("Cache-Control", "Vary", "Set-Cookie"):
        assert first.headers.get(name) == second.headers.get(name)
    assert first.headers.get("Set-Cookie") is None
    assert "csrfmiddlewaretoken" not in text(first)
    assert first.content == second.content
