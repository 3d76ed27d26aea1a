"""The home page, the search and the page of a firm."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.web import navigation
from credit_portal.web.navigation import Entrance
from publicity.models import Publication
from records import listings
from tests.factories.publicity import FIRM, make_firm, make_penalty, make_permit, published
from tests.factories.records import MarketEntityFactory, rename, valid_code

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def queries(client, address):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def firms_with_decisions(team, numbers):
    for number in numbers:
        firm = MarketEntityFactory()
        published(make_penalty(team, firm, number=number), team)
        published(make_permit(team, firm, number=number), team)


class TestHome:
    def test_figures_and_the_newest(self, page_client, team):
        penalty = published(make_penalty(team, number=1), team)
        published(make_permit(team, number=2), team)
        page = text(page_client.get("/"))
        assert penalty.document_number in page
        assert "最新行政许可" in page
        counts = page.split("公示中的行政处罚")[1]
        assert "1<small>条" in counts[:400]
        assert "公示至" in page

    def test_each_figure_leads_to_exactly_its_rows(self, page_client, team):
        old = published(make_penalty(team, number=1), team)
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        Publication.objects.filter(reference=old.reference).update(starts_on=yesterday)
        published(make_penalty(team, number=2), team)
        published(make_permit(team, number=3), team)
        cards = re.findall(
            r'stat__label"><a href="([^"]+)">[^<]+</a></p>\s*<p class="stat__n">(\d+)',
            text(page_client.get("/")),
        )
        assert [int(count) for _, count in cards] == [1, 2, 1, 1]
        for address, count in cards:
            assert f"共 {count} 条" in text(page_client.get(address.replace("&amp;", "&")))

    def test_every_door_leads_somewhere(self, page_client):
        page = text(page_client.get("/"))
        doors = re.findall(r'card entry" href="([^"]+)"', page)
        assert len(doors) == 4
        for address in doors:
            assert page_client.get(address).status_code == 200

    def test_an_app_that_is_not_mounted_has_no_door(self, monkeypatch):
        monkeypatch.setattr(navigation, "_entrances", [])
        navigation.register_entrance(
            Entrance("举", "举报", "可匿名", "public:tips:home", 20),
            Entrance("查", "查询", "一次查全", "public:search", 10),
        )
        assert [door["label"] for door in navigation.entrances()] == ["查询"]

    def test_an_empty_city_has_a_home_page(self, page_client):
        page = text(page_client.get("/"))
        assert page.count("目前没有公示中的信息。这只说明") == 2

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        firms_with_decisions(team, [1])
        one = queries(page_client, "/")
        firms_with_decisions(team, range(2, 9))
        assert queries(page_client, "/") == one


class TestSearch:
    def test_two_characters(self, page_client, team):
        published(make_penalty(team), team)
        page = text(page_client.get("/search/?q=焜屿"))
        assert f"/entities/{FIRM}/" in page
        assert "1 条" in page
        assert "<title>查询“焜屿” - " in page

    @pytest.mark.parametrize(
        "written",
        [
            FIRM,
            FIRM.lower(),
            f" {FIRM[:8]} {FIRM[8:]} ",
            FIRM.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)}),
        ],
    )
    def test_a_code_leads_to_its_firm_however_it_is_written(self, page_client, written):
        make_firm()
        answer = page_client.get("/search/", {"q": written})
        assert (answer.status_code, answer["Location"]) == (302, f"/entities/{FIRM}/")

    def test_a_code_that_nobody_bears(self, page_client):
        page = text(page_client.get("/search/", {"q": valid_code(99)}))
        assert "市场主体库中没有这个代码" in page

    @pytest.mark.parametrize("wrong", [FIRM[:17], FIRM[:17] + "Y", FIRM + "1"])
    def test_a_wrong_code_is_told_its_fault(self, page_client, wrong):
        make_firm()
        assert "这个代码不正确" in text(page_client.get("/search/", {"q": wrong}))

    @pytest.mark.parametrize(
        "written",
        [
            "（淮）应急罚〔{}〕1号",
            "(淮)应急罚[{}]1号",
            "（淮）应急罚【{}】1号",
            " （淮）应急罚〔{}〕1号 ",
        ],
    )
    def test_a_document_number_in_any_brackets(self, page_client, team, written):
        decision = published(make_penalty(team), team)
        page = text(page_client.get("/search/", {"q": written.format(decision.decided_on.year)}))
        assert Publication.objects.get().public_id in page

    def test_a_former_name(self, page_client):
        firm = rename(make_firm(), "淮南市澔岑电梯有限公司")
        page = text(page_client.get("/search/?q=焜屿"))
        assert f"/entities/{firm.code}/" in page
        assert "曾用名" in page

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("", "请输入要查询的内容"),
            ("  ", "请输入要查询的内容"),
            ("煤", "请至少输入两个字"),
            ("，。", "请至少输入两个字"),
            ("没有这家", "没有查到相符的企业或决定"),
        ],
    )
    def test_an_empty_answer_says_what_to_do(self, page_client, query, told):
        assert told in text(page_client.get("/search/", {"q": query}))

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        firms_with_decisions(team, [1])
        one = queries(page_client, "/search/?q=焜屿")
        firms_with_decisions(team, range(2, 9))
        assert queries(page_client, "/search/?q=焜屿") == one

    @pytest.mark.parametrize("page", ["0", "-3", "1000000000", "x"])
    def test_a_page_number_that_cannot_be(self, page_client, page):
        MarketEntityFactory.create_batch(25)
        assert page_client.get("/search/", {"q": "焜屿", "page": page}).status_code == 200


class TestEntity:
    def test_tabs_divide_its_decisions(self, page_client, team):
        penalty = published(make_penalty(team, number=1), team)
        permit = published(make_permit(team, number=2), team)
        address = f"/entities/{FIRM}/"
        everything = text(page_client.get(address))
        assert permit.document_number in everything
        assert penalty.document_number in everything
        permits = text(page_client.get(f"{address}?kind=permit"))
        assert permit.document_number in permits
        assert "〕1号" not in permits
        assert text(page_client.get(f"{address}?kind=nothing")).count("〕1号") == everything.count(
            "〕1号"
        )
        for count in ('<span class="count">2</span>', '<span class="count">1</span>'):
            assert count in permits

    def test_facts_of_the_registry(self, page_client):
        rename(make_firm(), "淮南市澔岑电梯有限公司")
        page = text(page_client.get(f"/entities/{FIRM}/"))
        assert "<title>淮南市澔岑电梯有限公司 - " in page
        assert "淮南市焜屿电梯维保有限公司" in page
        assert "没有公示中的信息" in page

    def test_a_code_is_taken_however_it_is_written(self, page_client):
        make_firm()
        answer = page_client.get(f"/entities/{FIRM.lower()}/")
        assert (answer.status_code, answer["Location"]) == (301, f"/entities/{FIRM}/")

    def test_nobody(self, page_client):
        assert page_client.get(f"/entities/{valid_code(7)}/").status_code == 404

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        firm = make_firm()
        published(make_penalty(team, firm, number=1), team)
        one = queries(page_client, f"/entities/{FIRM}/")
        for number in range(2, 9):
            published(make_penalty(team, firm, number=number), team)
        assert queries(page_client, f"/entities/{FIRM}/") == one

    def test_what_begins_tomorrow_is_not_counted(self, page_client, team):
        published(make_penalty(team), team)
        tomorrow = timezone.localdate() + timezone.timedelta(days=1)
        Publication.objects.update(starts_on=tomorrow)
        assert "没有公示中的信息" in text(page_client.get(f"/entities/{FIRM}/"))

    def test_no_banner_while_nothing_is_listed(self, page_client):
        make_firm()
        page = text(page_client.get(f"/entities/{FIRM}/"))
        assert 'class="listed"' not in page

    def test_every_list_of_every_app_stands_in_the_banner(self, page_client, monkeypatch):
        make_firm()
        today = timezone.localdate()
        monkeypatch.setattr(listings, "_sources", [])

        def source(entity):
            assert entity.code == FIRM
            listed = dt.date(2026, 3, 1)
            return [
                listings.Listing("甲名单", "淮南市应急管理局", listed, None, "", "/a/"),
                listings.Listing("乙名单", "寿县应急管理局", today, today, "瞒报事故", "/b/"),
            ]

        listings.register_listings(source)
        listings.register_listings(source)
        page = text(page_client.get(f"/entities/{FIRM}/"))
        assert "目前列入 2 项名单" in page
        assert page.index("乙名单") < page.index("甲名单")
        assert "原因：瞒报事故" in page
        assert "未设固定期限" in page

    def test_a_former_name_says_until_when(self, page_client):
        firm = rename(make_firm(), "淮南市澔岑电梯有限公司")
        page = text(page_client.get(f"/entities/{firm.code}/"))
        assert "曾用名" in page
        assert "淮南市焜屿电梯维保有限公司" in page

    @pytest.mark.parametrize("query", ["kind=x", "page=0", "page=1000000000", "kind=%00&a=b&a=c"])
    def test_whatever_is_asked_of_it(self, page_client, query):
        make_firm()
        assert page_client.get(f"/entities/{FIRM}/?{query}").status_code == 200


class Untouchable:
    """Fails when anything is asked of it."""

    def __bool__(self):
        raise AssertionError("a public page asked who is looking")

    __str__ = __iter__ = __len__ = __getattr__ = __bool__


@pytest.mark.parametrize(
    "address",
    ["/", "/search/?q=焜屿", "/articles/", "/articles/contact/", f"/entities/{FIRM}/",
     "/publicity/penalty/", "/publicity/permit/", "decision", "/p/gone/"],
)  # fmt: skip
def test_public_pages_ask_neither_person_nor_session(page_client, team, monkeypatch, address):
    """So that a cache may keep them for everyone."""
    published(make_penalty(team), team)
    publication = Publication.objects.get()
    if address == "/p/gone/":
        Publication.objects.update(withdrawn_at=timezone.now())
    if address in ("decision", "/p/gone/"):
        address = f"/p/{publication.public_id}/"
    names = ("user", "messages", "csrf_token", "perms", "desk")
    engine = engines["django"].engine
    watch = Untouchable()
    watched = (*engine.template_context_processors, lambda request: dict.fromkeys(names, watch))
    monkeypatch.setattr(engine, "template_context_processors", watched)
    answer = page_client.get(address)
    assert answer.status_code in (200, 410)
    assert not answer.cookies
