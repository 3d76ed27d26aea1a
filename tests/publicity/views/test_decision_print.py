"""The whole filtered list as one page for the printer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publicity.views.staff.decisions import DecisionPrintView
from tests.factories.publicity import make_penalty, submitted

LIST = reverse("staff:publicity:decision_list", args=["penalty"])
PRINT = reverse("staff:publicity:decision_print", args=["penalty"])


@pytest.fixture
def many(team):
    """More than a page of the list."""
    return [make_penalty(team, number=number) for number in range(1, 24)]


def shown(response):
    return len(response.context["lines"])


def test_every_row_of_the_filter_without_controls(team, desk, many):
    submitted(many[0], team)
    page = desk(team.clerk).get(PRINT, {"state": "draft", "sort": "deadline", "page": ""})
    text = page.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert shown(page) == 22
    assert "当前条件：状态：草稿" in main
    assert "共 22 条" in main
    for control in ('type="checkbox"', "批量办理", "?sort=", "aria-sort"):
        assert control not in main


def test_the_list_leads_there_with_its_conditions(team, desk, many):
    text = desk(team.clerk).get(LIST, {"state": "draft", "page": "2"}).content.decode()
    assert f'href="{PRINT}?state=draft"' in text
    assert "打印本页" in text
    assert "打印全部" not in desk(team.clerk).get(LIST, {"q": "不存在"}).content.decode()


def test_a_long_list_comes_in_parts(team, desk, many, monkeypatch):
    monkeypatch.setattr(DecisionPrintView, "paginate_by", 10)
    page = desk(team.clerk).get(PRINT, {"page": "3"})
    assert shown(page) == 3
    assert "共 23 条，每次最多打印 10 条，本次为第 21 至 23 条。" in page.content.decode()


def test_no_rows(team, desk):
    assert "没有符合条件的信息" in desk(team.clerk).get(PRINT, {"q": "无"}).content.decode()


def test_as_many_queries_for_many_rows(team, desk):
    client = desk(team.clerk)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(PRINT)
        return len(seen)

    make_penalty(team)
    queries()
    one = queries()
    for number in range(2, 8):
        make_penalty(team, number=number)
    assert queries() == one
