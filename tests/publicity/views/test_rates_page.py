"""The board: every number with its denominator, every gap with its rows."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from tests.factories.publicity import make_penalty, make_permit, published

BOARD = reverse("staff:publicity:rates")
LIST = reverse("staff:publicity:decision_list", args=["penalty"])


def gaps(response):
    return [
        (gap.label, gap.count, gap.url)
        for _, cells in response.context["lines"]
        for cell in cells
        for gap in cell.gaps
    ]


def test_each_gap_leads_to_exactly_its_rows(team, desk):
    for number in range(3):
        make_penalty(team, number=number + 1)
    published(make_penalty(team, number=9), team)
    make_permit(team)
    client = desk(team.clerk)
    found = gaps(client.get(BOARD))
    assert [(label, count) for label, count, _ in found if label == "行政处罚"] == [("行政处罚", 4)]
    for _, count, url in found:
        assert client.get(url).context["paginator"].count == count


def test_the_definition_stands_on_the_page(team, desk):
    page = desk(team.clerk).get(BOARD).content.decode()
    for words in ("上报率", "合规率", "及时率", "怎样算的", "已上报数÷应上报数"):
        assert words in page
    assert page.count("有效入库数÷已上报数") == 1


def test_months_go_back_and_not_beyond_this_one(team, desk):
    client = desk(team.clerk)
    today = timezone.localdate()
    now = client.get(BOARD)
    assert now.context["following"] is None
    past = client.get(BOARD, {"month": "2020-02"})
    assert (
        f"{past.context['previous']:%Y-%m} {past.context['following']:%Y-%m}" == "2020-01 2020-03"
    )
    assert client.get(BOARD, {"month": "x"}).context["board"].month == today.replace(day=1)


def test_administrators_see_numbers_without_links(team, desk, cast):
    make_penalty(team)
    response = desk(cast.sysadmin).get(BOARD)
    assert gaps(response) == []


def test_the_report_is_for_those_who_may_export(team, desk):
    assert "下载 PDF" in desk(team.head).get(BOARD).content.decode()
    assert "下载 PDF" not in desk(team.clerk).get(BOARD).content.decode()


def test_a_small_denominator_is_marked(team, desk):
    make_penalty(team)
    _, cells = desk(team.clerk).get(BOARD).context["lines"][0]
    assert [cell.small for cell in cells] == [True, False, False, False]


def test_without_departments_the_board_says_so(team, desk, cast):
    cast.housing.is_committee_office = True
    cast.housing.save()
    assert "没有可统计的部门" in desk(cast.other_clerk).get(BOARD).content.decode()


def test_the_number_of_queries_does_not_grow(team, desk, cast, queries_of):
    client = desk(cast.officer)
    make_penalty(team)
    one = queries_of(client, BOARD)
    for number in range(2, 9):
        make_penalty(team, number=number)
    assert queries_of(client, BOARD) == one


def test_the_course_of_twelve_months_stands_in_a_table(team, desk):
    make_penalty(team)
    trend = desk(team.clerk).get(BOARD).context["trend"]
    assert [column["label"] for column in trend["columns"]][1:] == ["上报率", "合规率", "及时率"]
    assert len(trend["rows"]) == 12
    assert trend["rows"][-1][0] == f"{timezone.localdate():%Y-%m}"
