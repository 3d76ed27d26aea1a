"""Missing numbers on the desk."""

from __future__ import annotations

import pytest
from django.utils import timezone

from publicity.models import NumberAnswer
from tests.factories.publicity import make_penalty
from tests.factories.register import answer, make_series


@pytest.fixture
def series(team):
    make_penalty(team, number=1)
    make_penalty(team, number=4)
    return make_series(team)


def typed(series, **facts):
    given = {
        "series": series.pk,
        "year": timezone.localdate().year,
        "first": 2,
        "last": 3,
        "reason": "void",
        "note": "批准作废，经办人王静。",
    }
    return given | facts


def year():
    return timezone.localdate().year


def test_each_missing_number_leads_to_its_answer(team, desk, pages, series):
    client = desk(team.clerk)
    page = client.get(pages("register_gaps"))
    text = page.content.decode()
    assert f"（淮）应急罚〔{year()}〕2号" in text
    assert "其中 2 个计入应上报数" in text
    (_, address), *_ = page.context["rows"]
    assert client.get(address).context["form"].initial["first"] == "2"


def test_filters_and_statuses_live_in_the_address(team, desk, pages, series):
    answer(team, series, 2, year=year())
    client = desk(team.reviewer)
    page = client.get(pages("register_gaps"), {"status": "answered", "kind": "penalty"})
    assert [gap.number for gap, _ in page.context["rows"]] == [2]
    assert [(tab["label"], tab["count"]) for tab in page.context["status_tabs"]] == [
        ("全部", 2),
        ("待说明", 1),
        ("待确认", 1),
    ]
    assert page.context["rows"][0][1] == ""  # a reviewer answers nothing
    none = client.get(pages("register_gaps"), {"kind": "permit", "status": "void"})
    assert "没有符合条件的缺号" in none.content.decode()
    odd = client.get(pages("register_gaps"), {"kind": "x", "year": "1", "status": "y", "page": "9"})
    assert len(odd.context["rows"]) == 2


def test_years_are_offered_and_kept_apart(team, desk, pages, series):
    client = desk(team.clerk)
    past = client.get(pages("register_gaps"), {"year": year() - 1})
    assert "没有符合条件的缺号" in past.content.decode()
    assert client.get(pages("register_gaps"), {"year": year()}).context["missing"] == 2


def test_without_series_and_without_holes_the_page_says_so(team, desk, pages):
    client = desk(team.clerk)
    assert "还没有文号规则" in client.get(pages("register_gaps")).content.decode()
    make_penalty(team)
    make_series(team)
    assert "没有缺号" in client.get(pages("register_gaps")).content.decode()


def test_many_missing_numbers_come_in_pages(team, desk, pages, series, queries_of):
    one = queries_of(desk(team.clerk), pages("register_gaps"))
    make_penalty(team, number=60)
    client = desk(team.clerk)
    assert queries_of(client, pages("register_gaps")) == one
    last = client.get(pages("register_gaps"), {"page": "3"})
    assert last.context["rows"][-1][0].number == 59


def test_a_stretch_is_answered_and_confirmed(team, desk, pages, series):
    saved = desk(team.clerk).post(pages("register_answer"), typed(series))
    assert saved.url == pages("register_gaps")
    made = NumberAnswer.objects.get()
    reviewer = desk(team.reviewer)
    listed = reviewer.get(pages("register_answers")).content.decode()
    assert "批准作废，经办人王静。" in listed
    assert "确认勾选的说明" in listed

    reviewer.post(pages("register_decide"), {"ids": [made.pk], "action": "confirm"})

    made.refresh_from_db()
    assert made.confirmed_by == team.reviewer
    page = reviewer.get(pages("register_answers"), {"standing": "confirmed"}).content.decode()
    assert "退回勾选的说明" in page
    assert "确认勾选的说明" not in page


def test_an_answer_is_sent_back_with_a_reason(team, desk, pages, series):
    made = answer(team, series, 2, year=year())
    head = desk(team.head)
    refused = head.post(
        pages("register_decide"), {"ids": [made.pk], "action": "return"}, follow=True
    )
    assert "请填写退回意见" in refused.content.decode()
    head.post(
        pages("register_decide"),
        {"ids": [made.pk], "action": "return", "reason": "请写明作废的批准时间。"},
    )
    back = desk(team.clerk).get(pages("register_answers"), {"standing": "returned"})
    assert "请写明作废的批准时间。" in back.content.decode()
    assert not back.context["can_decide"]


def test_whoever_answered_cannot_tick_it(team, desk, pages, series, cast):
    from credit_portal.accounts.models import User
    from credit_portal.accounts.roles import Role
    from credit_portal.accounts.services import grant_role

    answer(team, series, 2, year=year())
    grant_role(user=team.clerk, role=Role.REVIEWER, department=team.department, by=None)
    page = desk(User.objects.get(pk=team.clerk.pk)).get(pages("register_answers"))
    assert 'name="ids"' not in page.content.decode()


def test_mistakes_stand_on_the_form(team, desk, pages, series):
    page = desk(team.clerk).post(pages("register_answer"), typed(series, first=9, last=12))
    assert "没有待说明的缺号" in page.content.decode()
