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
    assert 'action="' + STEPS + '?state=in_review"' in page.content.decode()


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


def test_submitting_the_ticked_rows(team, desk):
    first, second = (make_penalty(team, number=n) for n in (1, 2))
    page = desk(team.clerk).post(STEPS, {"action": "submit", "ids": [first.pk]}, follow=True)
    assert page.redirect_chain == [(LIST, 302)]
    assert said(page) == ["已提交审核 1 条。"]
    second.refresh_from_db()
    assert second.state == "draft"


def test_submitting_all_rows_of_the_filter(team, desk):
    for number in range(25):
        make_penalty(team, number=number + 1)
    page = desk(team.clerk).post(
        STEPS + "?state=draft", {"action": "submit", "all": "1"}, follow=True
    )
    assert page.redirect_chain == [(LIST + "?state=draft", 302)]
    assert states() == ["in_review"] * 25


def test_all_rows_of_an_unreadable_filter_are_none(team, desk):
    make_penalty(team)
    page = desk(team.clerk).post(STEPS + "?until=x", {"action": "submit", "all": "1"}, follow=True)
    assert said(page) == ["没有选中信息，或所选信息已不存在，请刷新列表后重新选择。"]
    assert states() == ["draft"]


def test_returning_all_leaves_what_is_approved(team, desk):
    submitted(make_penalty(team, number=1), team)
    approved(make_penalty(team, number=2), team)
    desk(team.reviewer).post(STEPS, {"action": "return", "all": "1", "reason": "请补充违法事实。"})
    assert states() == ["approved", "returned"]


def test_late_rows_need_the_reason_at_approval(team, desk):
    long_ago = timezone.localdate() - dt.timedelta(days=40)
    row = submitted(make_penalty(team, decided_on=long_ago), team)
    client = desk(team.reviewer)
    refused = client.post(STEPS, {"action": "approve", "ids": [row.pk]}, follow=True)
    assert "请填写迟报原因" in said(refused)[0]
    assert states() == ["in_review"]
    client.post(STEPS, {"action": "approve", "ids": [row.pk], "late_reason": "系统故障。"})
    row.refresh_from_db()
    assert (row.state, row.late_reason) == ("approved", "系统故障。")


def test_a_return_without_opinion_is_refused(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.reviewer).post(STEPS, {"action": "return", "ids": [row.pk]}, follow=True)
    assert said(page) == ["请填写退回意见，说明需要修改的内容。"]
    assert states() == ["in_review"]


def test_publishing(team, desk):
    row = approved(make_penalty(team), team)
    page = desk(team.head).post(STEPS, {"action": "publish", "ids": [row.pk]}, follow=True)
    assert said(page) == ["已公示 1 条，正在报送市平台。"]
    assert states() == ["published"]


def test_many_refusals_are_told_in_short(team, desk):
    rows = [submitted(make_penalty(team, number=n + 1), team) for n in range(22)]
    page = desk(team.clerk).post(
        STEPS, {"action": "submit", "ids": [row.pk for row in rows]}, follow=True
    )
    (sentence,) = said(page)
    assert "等 22 条未办理：该信息当前为“待审核”" in sentence


def test_a_step_without_the_permission_is_forbidden(team, desk):
    row = submitted(make_penalty(team), team)
    assert desk(team.clerk).post(STEPS, {"action": "approve", "ids": [row.pk]}).status_code == 403
    assert states() == ["in_review"]


def test_an_unknown_step_is_not_found(team, desk):
    assert desk(team.clerk).post(STEPS, {"action": "burn"}).status_code == 404
    assert desk(team.clerk).get(STEPS).status_code == 405


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
