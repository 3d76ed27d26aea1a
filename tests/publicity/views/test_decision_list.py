"""The desk's list: filters in the address, steps on ticked rows, steps on all rows of a filter."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from publicity.models import PenaltyDecision
from tests.factories.publicity import approved, make_penalty, make_permit, published, submitted

LIST = reverse("staff:publicity:decision_list", args=["penalty"])
STEPS = reverse("staff:publicity:decision_step", args=["penalty"])
CONFIRM = reverse("staff:publicity:decision_confirm", args=["penalty"])


def names(response):
    return [line.decision.document_number for line in response.context["lines"]]


def states():
    return sorted(PenaltyDecision.objects.values_list("state", flat=True))


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_row_shows_party_matter_clock_and_delivery(team, desk):
    make_penalty(team, penalty_category="警告;罚款")
    page = desk(team.clerk).get(LIST).content.decode()
    for words in (
        "淮南市焜屿电梯维保有限公司",
        "警告、罚款",
        "罚款 3.2 万元",
        "草稿",
        "个工作日",
        "未报送",
    ):
        assert words in page
    assert "怎样算的" in page


def test_the_filter_stays_in_the_address(team, desk):
    make_penalty(team, number=1)
    submitted(make_penalty(team, number=2), team)
    page = desk(team.clerk).get(LIST, {"state": "in_review"})
    assert [name.rpartition("〕")[2] for name in names(page)] == ["2号"]
    assert 'action="' + CONFIRM + '?state=in_review"' in page.content.decode()


def test_a_filter_that_cannot_be_read_shows_its_error_and_no_rows(team, desk):
    make_penalty(team)
    page = desk(team.clerk).get(LIST, {"until": "改天"})
    assert names(page) == []
    assert "errorlist" in page.content.decode()


@pytest.mark.parametrize(
    ("sort", "first"), [("deadline", 2), ("-deadline", 1), ("decided", 2), ("", 1)]
)
def test_sorting_covers_the_whole_set(team, desk, sort, first):
    today = timezone.localdate()
    make_penalty(team, number=1, decided_on=today)
    make_penalty(team, number=2, decided_on=today - dt.timedelta(days=20))
    assert names(desk(team.clerk).get(LIST, {"sort": sort}))[0].endswith(f"{first}号")


def test_each_person_is_offered_only_their_steps(team, desk, cast):
    make_penalty(team, number=3)
    approved(make_penalty(team, number=2), team)
    submitted(make_penalty(team), team)
    offers = {
        user: [
            word
            for word in ("提交审核", "审核通过", "公示并报送市平台")
            if word in desk(user).get(LIST).content.decode()
        ]
        for user in (team.clerk, team.reviewer, team.head, cast.officer)
    }
    assert list(offers.values()) == [["提交审核"], ["审核通过"], ["公示并报送市平台"], []]


def test_nobody_is_offered_a_step_that_no_row_can_take(team, desk):
    submitted(make_penalty(team), team)
    assert "批量办理" not in desk(team.clerk).get(LIST).content.decode()
    assert "批量办理" in desk(team.reviewer).get(LIST).content.decode()


def test_rows_of_other_departments_are_not_shown(team, desk, cast):
    make_penalty(team)
    page = desk(cast.other_clerk).get(LIST)
    assert names(page) == []
    assert "还没有信息" in page.content.decode()


def test_an_empty_result_says_what_it_means(team, desk):
    make_penalty(team)
    assert "没有符合条件的信息" in desk(team.clerk).get(LIST, {"q": "不存在的"}).content.decode()
    assert (
        "可以整批导入" in desk(team.clerk).get(LIST.replace("penalty", "permit")).content.decode()
    )


def test_an_unknown_kind_is_not_found(team, desk):
    assert desk(team.clerk).get("/staff/publicity/reward/").status_code == 404


def test_columns_are_chosen_kept_and_reset(team, desk, cast):
    make_penalty(team)
    client = desk(team.clerk)
    columns = reverse("staff:desk:columns")
    page = {"page": "staff:publicity:decision_list:penalty", "query": "state=draft"}
    answer = client.post(columns, page | {"columns": ["published", "representative", "burn"]})
    assert answer["Location"] == LIST + "?state=draft"
    kept = client.get(LIST)
    assert [column.key for column in kept.context["columns"]] == ["representative", "published"]
    assert "孙飞" in kept.content.decode()
    assert "最迟公示日" not in [column.label for column in kept.context["columns"]]
    assert len(desk(team.reviewer).get(LIST).context["columns"]) == 6

    refused = client.post(columns, page, follow=True)
    assert said(refused) == ["请至少选择一列。"]
    client.post(columns, page | {"reset": "1"})
    assert len(client.get(LIST).context["columns"]) == 6


def test_every_column_can_be_drawn(team, desk):
    published(make_penalty(team), team)
    make_penalty(team, number=2, person=True)
    client = desk(team.clerk)
    keys = [choice["key"] for choice in client.get(LIST).context["column_choices"]]
    page = {"page": "staff:publicity:decision_list:penalty", "columns": keys}
    client.post(reverse("staff:desk:columns"), page)
    shown = client.get(LIST + "?sort=-published")
    assert [column.key for column in shown.context["columns"]] == keys
    assert "未对从业人员进行安全生产教育和培训" in shown.content.decode()


@pytest.mark.parametrize("query", ["", "?q=淮南&delivery=pending&gap=unreported&mine=any"])
def test_the_number_of_queries_does_not_grow_with_the_rows(team, desk, queries_of, query):
    client = desk(team.clerk)
    published(make_penalty(team, number=1), team)
    one = queries_of(client, LIST + query)
    for number in range(2, 9):
        published(make_penalty(team, number=number), team)
    assert queries_of(client, LIST + query) == one


def test_permits_have_the_same_list(team, desk):
    make_permit(team)
    page = desk(team.clerk).get(LIST.replace("penalty", "permit")).content.decode()
    assert "核准" in page


def test_whose_rows_is_a_choice_that_stands_in_the_address(team, desk, cast):
    make_penalty(team, number=1)
    client = desk(team.clerk)
    page = client.get(LIST, {"state": "draft", "page": 1})
    assert [(s["label"], s["url"], s["active"]) for s in page.context["scopes"]] == [
        ("全部可见", "?state=draft", True),
        ("本部门全部", "?state=draft&mine=any", False),
        ("等我办理", "?state=draft&mine=turn", False),
        ("我经手的", "?state=draft&mine=own", False),
    ]
    chosen = client.get(LIST, {"mine": "turn"})
    assert "经办范围：等我办理" in chosen.content.decode()
    assert "<details open" not in chosen.content.decode()
    assert desk(cast.officer).get(LIST).context["scopes"] == []


def test_boxes_stand_only_where_something_can_be_ticked(team, desk):
    published(make_penalty(team, number=1), team)
    client = desk(team.clerk)
    for page in (client.get(LIST), desk(team.head).get(LIST)):
        assert names(page)
        assert "data-select-all" not in page.content.decode()
        assert 'type="checkbox" name="ids"' not in page.content.decode()
    make_penalty(team, number=2)
    page = client.get(LIST).content.decode()
    assert page.count("data-select-all") == page.count('type="checkbox" name="ids"') == 1
