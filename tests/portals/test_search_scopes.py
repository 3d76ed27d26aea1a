"""The tabs of the one search box, and whatever people type into it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.portals.public import searching
from publicity.models import Publication
from tests.factories.publicity import FIRM, make_firm, make_penalty, make_permit, published
from tests.factories.records import MarketEntityFactory, valid_code

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year


def ask(client, q, scope="", **more):
    return client.get("/search/", {"q": q, "scope": scope, **more})


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def results(page):
    return page.split("<main")[1].split("</main>")[0]


def test_decisions_only(page_client, team):
    decision = published(make_penalty(team, number=118), team)
    for typed in ("焜屿", FIRM, FIRM.lower(), f"应急罚〔{YEAR}〕118", f"罚{YEAR}11", "18号"):
        page = results(text(ask(page_client, typed, "decisions")))
        assert decision.document_number in page
        assert f'href="/entities/{FIRM}/"' in page
        assert "企业名称" not in page


def test_found_decisions_are_narrowed_to_one_kind(page_client, team):
    for number in (1, 2):
        published(make_penalty(team, number=number), team)
    permit = published(make_permit(team, number=3), team)
    everything = results(text(ask(page_client, "焜屿")))
    assert "处罚 <b>2</b>" in everything
    assert "许可 <b>1</b>" in everything
    permits = results(text(ask(page_client, "焜屿", "decisions", kind="permit")))
    assert permit.document_number in permits
    assert "共 1 条" in permits
    assert permits.count('<th scope="row"') == 1
    assert 'aria-current="true">行政许可 <b>1</b>' in permits
    unknown = results(text(ask(page_client, "焜屿", "decisions", kind="x")))
    assert unknown.count('<th scope="row"') == 3
    assert text(ask(page_client, "焜屿", "entities", kind="permit"))


def test_a_mistyped_report_number_is_no_wrong_code(page_client):
    for typed in ("XB-20261128-44B6E14B2", "编号：xb-20261128", "ＸＢ－20261128－44B6E14B2"):
        page = results(text(ask(page_client, typed)))
        assert "没有认出这个报告编号" in page
        assert "应为 18 位" not in page


@pytest.mark.parametrize("typed", ["340402199003074515", "34040219900307451x"])
def test_nobody_is_looked_up_by_an_id_number(page_client, typed):
    page = text(ask(page_client, typed))
    assert "请不要输入身份证号码" in page
    assert "校验码" not in page
    assert f'value="{typed}"' not in page
    assert f"查询“{typed}”" not in page


def test_the_sum_of_both_kinds_is_what_the_tab_says(page_client, team, monkeypatch):
    monkeypatch.setattr(searching, "CAP", 1)
    for number in (1, 2):
        published(make_penalty(team, number=number), team)
        published(make_permit(team, number=number + 2), team)
    page = results(text(ask(page_client, "焜屿")))
    assert "全部 <b>1+</b>" in page
    assert "2+" not in page


def test_two_characters_of_a_number_are_too_few(page_client, team):
    published(make_penalty(team, number=118), team)
    assert "没有查到相符的决定" in text(ask(page_client, "8号", "decisions"))


def test_firms_only(page_client, team):
    decision = published(make_penalty(team), team)
    page = results(text(ask(page_client, "焜屿", "entities")))
    assert FIRM in page
    assert decision.document_number not in page
    assert ask(page_client, FIRM, "entities")["Location"] == f"/entities/{FIRM}/"
    assert FIRM in text(ask(page_client, FIRM[:10], "entities"))


def test_articles_only(page_client, team):
    published(make_penalty(team), team)
    page = results(text(ask(page_client, "信用修复", "articles")))
    assert "/articles/credit-repair/" in page
    assert "/entities/" not in page


def test_everything_shows_a_few_of_each_and_where_the_rest_is(page_client, team):
    firm = make_firm(valid_code(9), "淮南公示期矿业有限公司")
    decision = published(make_penalty(team, firm), team)
    page = results(text(ask(page_client, "公示期")))
    for word in (firm.name, decision.document_number, "/articles/publicity-period/"):
        assert word in page
    for scope in ("decisions", "entities", "articles"):
        assert f"scope={scope}" in page


def test_a_firm_without_decisions_is_understood(page_client, team):
    firm = make_firm()
    for typed in ("焜屿", FIRM):
        page = text(ask(page_client, typed, "decisions"))
        assert "没有直接查到决定" in page
        assert f'href="/entities/{firm.code}/"' in page
        assert "0 条" in page


def test_an_empty_tab_leads_to_the_others(page_client, team):
    make_firm()
    page = text(ask(page_client, "焜屿", "articles"))
    assert "没有查到相符的文章" in page
    assert "企业 1 条" in page
    assert "没有查到相符的企业" in text(ask(page_client, "信用修复", "entities"))
    nothing = text(ask(page_client, "没有这家", "decisions"))
    assert "没有查到相符的决定" in nothing
    assert "其他范围里有" not in nothing


def test_more_than_is_counted(page_client, team):
    for number in range(25):
        make_firm(valid_code(100 + number), f"淮南焜屿{number}号电梯有限公司")
    page = text(ask(page_client, "焜屿", "entities", page="2"))
    assert "第 2/2 页" in page


@pytest.mark.parametrize("scope", ["", "decisions", "entities", "articles", "x", "<b>", "%00"])
@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "煤",
        "淮" * 300,
        "🙂🙂🙂",
        "'; DROP TABLE publicity_publication; --",
        "%' OR 1=1 --",
        "\x00\x00",
        "焜\x00屿",
        "_%_",
        "\\",
        FIRM[:17],
        FIRM.lower(),
        FIRM.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)}),
        "<script>alert(1)</script>",
        "((((",
        "\ud83d",
    ],
)
def test_whatever_is_typed_has_a_helpful_page(page_client, typed, scope):
    make_firm()
    answer = page_client.get("/search/", {"q": typed.encode("utf-8", "replace"), "scope": scope})
    if answer.status_code == 302:
        assert answer["Location"] == f"/entities/{FIRM}/"
        return
    page = text(answer)
    assert "<script>alert" not in page
    assert any(word in page for word in ("请", "没有查到", "统一社会信用代码"))


def test_a_question_that_is_too_long_is_cut_and_said(page_client):
    assert "只用前 100 个字查询" in text(ask(page_client, "淮" * 300))
    assert "只用前 100 个字查询" not in text(ask(page_client, "淮" * 100))


@pytest.mark.parametrize("scope", ["", "decisions", "entities"])
@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "9" * 5000, "x", "１"])
def test_any_page_number_leads_somewhere(page_client, page, scope):
    MarketEntityFactory.create_batch(3)
    assert text(ask(page_client, "焜屿", scope, page=page))


@pytest.mark.parametrize("scope", ["", "decisions", "entities", "articles"])
def test_it_costs_the_same_for_any_number_of_rows(page_client, team, scope):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            text(ask(page_client, "焜屿", scope))
        return len(seen)

    def add(numbers):
        for number in numbers:
            firm = MarketEntityFactory()
            published(make_penalty(team, firm, number=number), team)
            published(make_permit(team, firm, number=number), team)

    add([1])
    few = cost()
    add(range(2, 9))
    assert cost() == few


class TestHomeTabs:
    @pytest.mark.parametrize(
        ("scope", "sent"),
        [("", "decisions"), ("entities", "entities"), ("articles", "articles"), ("x", "decisions")],
    )
    def test_the_open_tab_is_what_the_box_asks(self, page_client, scope, sent):
        page = text(page_client.get("/", {"scope": scope}))
        assert f'<input type="hidden" name="scope" value="{sent}">' in page
        assert page.count('aria-current="true"') == 1


def test_the_number_of_a_sheet_leads_to_its_page(page_client, team):
    published(make_penalty(team, make_firm()), team)
    public_id = Publication.objects.get().public_id
    for typed in (public_id.upper(), f" {public_id} "):
        assert ask(page_client, typed)["Location"] == f"/p/{public_id}/"
    for typed in (f"{public_id}-1", f"编号 {public_id.upper()}-1", f"编号：{public_id}-1"):
        assert ask(page_client, typed)["Location"] == f"/p/{public_id}/?v=1"
    forged = page_client.get(ask(page_client, f"{public_id}-9")["Location"]).content.decode()
    assert "没有出过这个编号" in forged
    assert page_client.get(f"/p/{public_id.upper()}/").status_code == 200
    assert ask(page_client, "hbdc59vdc9x5-1").status_code == 200
