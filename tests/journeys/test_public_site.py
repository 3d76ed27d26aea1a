"""A stranger on the public site: finds a firm, reads, takes a sheet away and has it checked, with a mouse or a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from credit_portal.portals.public.articles import ARTICLES
from publicity.selectors.public import sheet_query
from publicity.services.publication import Periods, build
from records.models import MarketEntity
from tests.factories.publicity import make_penalty, make_team

from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

Enter = Callable[..., Person]


def test_a_stranger_finds_and_checks(enter: Enter) -> None:
    team = make_team(prefix="公")
    firm = MarketEntity.objects.get(name="淮南市焜屿电梯维保有限公司")
    decision = make_penalty(team, firm, number=118, published_at=timezone.now())
    publication = build(decision, Periods().of(decision))  # nothing to deliver, nothing to wait for
    publication.save()
    visitor = enter()
    visitor.open("/")
    visitor.look("home-with-rows")
    visitor.page.get_by_role("search").get_by_role("searchbox").fill("118号")
    visitor.press("查询")
    visitor.look("search-decisions")
    visitor.page.get_by_role("link", name=publication.document_number).click()
    visitor.sees("公示期还剩")
    visitor.unfold("分享二维码")
    expect(visitor.page.get_by_alt_text("本页网址的二维码")).to_be_visible()
    visitor.look("decision-share")
    visitor.open(f"/p/{publication.public_id}/?{sheet_query(publication)}")
    visitor.sees("二维码有效")
    visitor.look("sheet-genuine")
    visitor.open(f"/p/{publication.public_id}/?v=1&d=aaaaaaaaaaaaaaaa")
    visitor.sees("没有核对上")
    visitor.look("sheet-not-ours")


def test_filters_are_folded_and_errors_stay_beside_their_field(enter: Enter) -> None:
    visitor = enter()
    visitor.open("/publicity/penalty/")
    expect(visitor.page.get_by_label("处罚类别")).to_be_hidden()
    visitor.unfold("更多条件")
    visitor.page.get_by_label("处罚类别").select_option("罚款")
    filters = visitor.page.get_by_role("form", name="筛选条件")
    filters.get_by_role("button", name="查询").click()
    expect(visitor.page.get_by_label("处罚类别")).to_have_value("罚款")
    visitor.look("public-list-filtered")
    visitor.open("/publicity/penalty/?decided_from=2026-02-30")
    expect(visitor.page.get_by_label("决定日期自")).to_have_value("2026-02-30")
    visitor.look("public-list-error")


def test_articles_are_read_and_found(enter: Enter) -> None:
    visitor = enter()
    visitor.open("/?scope=articles")
    visitor.page.get_by_role("search").get_by_role("searchbox").fill("信用修复")
    visitor.press("查询")
    visitor.look("search-articles")
    visitor.follow("站内文章")
    visitor.look("articles")
    for one in ARTICLES:
        visitor.open(f"/articles/{one.slug}/")
        visitor.look(f"article-{one.slug}")
