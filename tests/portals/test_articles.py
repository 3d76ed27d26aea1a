"""The help articles: each is whole, dated, found and linked."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from credit_portal.portals.public.articles import ARTICLES, article, search_articles, words

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("one", ARTICLES, ids=[one.slug for one in ARTICLES])
def test_each_is_a_page(page_client, one):
    page = text(page_client.get(f"/articles/{one.slug}/"))

    assert f"<title>{one.title} - " in page
    assert one.summary in page
    assert f"{one.revised_on:%Y-%m-%d}" in page
    assert len(words(one)) > 150
    inner = set(re.findall(r'href="(/[^"#?]*)', page)) - {"/staff/", "/enterprise/"}
    for address in sorted(link for link in inner if not link.startswith("/static/")):
        assert page_client.get(address, follow=True).status_code == 200, address


def test_the_list_and_the_menu_lead_to_all(page_client):
    page = text(page_client.get("/articles/"))
    for one in ARTICLES:
        assert f'href="/articles/{one.slug}/"' in page
    assert 'href="/articles/"' in text(page_client.get("/"))


def test_there_is_no_other(page_client):
    assert article("nothing") is None
    assert page_client.get("/articles/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("公示期", "publicity-period"),
        ("异 议", "objection"),
        ("527号", "publicity-period"),
        ("打印件", "check-a-sheet"),
    ],
)
def test_words_are_found(typed, first):
    assert search_articles(typed)[0].article.slug == first


def test_the_excerpt_is_the_sentence_with_the_words():
    found = {hit.article.slug: hit.excerpt for hit in search_articles("不收取任何费用")}
    assert found == {"credit-repair": "信用修复不收取任何费用。"}
    assert search_articles("３６号")[0].excerpt == article("publicity-period").summary


def test_one_character_finds_nothing():
    assert search_articles("公") == []
    assert search_articles("没有这样的话") == []


def test_the_foot_has_every_statutory_item(page_client):
    foot = text(page_client.get("/articles/")).split("<footer")[1]
    site = settings.PORTAL_SITE
    for key in ("organiser", "operator", "phone", "code", "icp", "police", "police_url"):
        assert site[key] in foot
    for word in ("12350", "联系我们", "网站声明", "无障碍", "找错"):
        assert word in foot
