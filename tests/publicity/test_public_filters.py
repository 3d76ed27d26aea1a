"""What the filters of the public lists keep, and what they say of what they cannot read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from publicity.models import Publication
from publicity.querysets import number_form
from tests.factories.publicity import (
    make_department,
    make_firm,
    make_penalty,
    make_permit,
    make_team,
    published,
)
from tests.factories.records import valid_code

LIST = "/publicity/penalty/"
YEAR = timezone.localdate().year


def text(response):
    return response.content.decode()


@pytest.fixture
def two(team):
    """One decision of the bureau on a firm of 八公山区, one of 寿县 on a firm of 寿县."""
    near = make_firm()
    far = make_firm(valid_code(7), "寿县垚燃气有限公司")
    type(near).objects.filter(pk=near.pk).update(division_code="340405")
    type(far).objects.filter(pk=far.pk).update(division_code="340422")
    county = make_team(make_department("11340422MAEBD7E87U", "寿县应急管理局"), prefix="寿")
    first = published(make_penalty(team, near, number=118), team)
    second = published(
        make_penalty(
            county,
            far,
            number=7,
            document_number=f"（寿）应急罚〔{YEAR}〕7号",
            penalty_category="警告;责令停产停业",
            decided_on=timezone.localdate() - dt.timedelta(days=5),
        ),
        county,
    )
    return {"first": first.document_number, "second": second.document_number}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"first", "second"}),
        ("category=罚款", {"first"}),
        ("category=责令停产停业", {"second"}),
        ("district=340422", {"second"}),
        ("authority=11340422MAEBD7E87U", {"second"}),
        ("number=应急罚", {"first", "second"}),
        (f"number=罚({YEAR})118", {"first"}),
        (f"number=罚{YEAR}118", {"first"}),
        ("number=（寿", set()),  # two characters are no part of a number
        (f"number=寿应急罚{YEAR}", {"second"}),
        (f"q=〔{YEAR}〕7", {"second"}),
        ("published_on={today}", {"first", "second"}),
        ("published_on=2020-01-01", set()),
        ("decided_from={compact}", {"first"}),
        ("decided_from={today}&decided_until={today}", {"first"}),
        ("number=%00&q=%00&category=%00", {"first", "second"}),
        ("unknown=1&unknown=2", {"first", "second"}),
        ("category=警告&category=罚款", {"first"}),  # the last of two counts
    ],
)
def test_what_is_kept(page_client, two, query, names):
    today = timezone.localdate()
    page = text(page_client.get(f"{LIST}?{query.format(today=today, compact=f'{today:%Y%m%d}')}"))

    assert {name for name, number in two.items() if number in page} == names


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("decided_from=2026-02-30", "没有这一天"),
        ("decided_until=99999999", "没有这一天"),
        ("published_on=昨天", "没有这一天"),
        ("category=没收", "没有这个类别"),
        ("district=999999", "没有这个区县"),
        ("authority=nobody", "没有这个机关"),
        ("q=" + "淮" * 300, "100"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(page_client, two, query, told):
    page = text(page_client.get(f"{LIST}?{query}"))

    assert told in page
    assert "有条件填写有误" in page
    assert two["first"] not in page


def test_a_date_that_is_none_stays_in_its_box(page_client, db):
    page = text(page_client.get(f"{LIST}?decided_from=2026-02-30&decided_until=20260301"))

    assert 'type="text" name="decided_from" value="2026-02-30"' in page
    assert 'type="date" name="decided_until" value="2026-03-01"' in page
    assert "<details open>" in page


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "9" * 5000, "x", "１"])
def test_any_page_number_leads_somewhere(page_client, two, page):
    assert two["first"] in text(page_client.get(LIST, {"page": page}))


def test_permits_have_their_own_categories(page_client, team):
    published(make_permit(team), team)
    page = text(page_client.get("/publicity/permit/"))

    assert '<option value="特许">' in page
    assert "警告" not in page


def test_days_left_stand_in_the_list(page_client, team):
    published(make_penalty(team), team)
    published(make_permit(team, number=2, valid_to=dt.date(2099, 12, 31)), team)
    Publication.objects.filter(kind="penalty").update(
        ends_on=timezone.localdate() + dt.timedelta(days=40)
    )
    assert "还剩 40 天" in text(page_client.get(LIST))
    Publication.objects.filter(kind="penalty").update(ends_on=timezone.localdate())
    assert "今天是最后一天" in text(page_client.get(LIST))
    assert "长期" in text(page_client.get("/publicity/permit/"))


def test_the_order_is_stable(page_client, team):
    for number in range(1, 46):
        published(make_penalty(team, number=number), team)
    pages = [text(page_client.get(LIST, {"page": page})) for page in (1, 2, 3)]
    seen = [
        number
        for number in range(1, 46)
        for page in pages
        if f"罚〔{YEAR}〕{number}号</span></a>" in page
    ]
    assert seen == list(range(1, 46))


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("（淮）应急罚〔2026〕118号", "淮应急罚2026118号"),
        (" (淮) 应急罚 [2026] 118号", "淮应急罚2026118号"),
        ("ａ－１", "A-1"),
    ],
)
def test_numbers_have_one_form(typed, form):
    assert number_form(typed) == form


def test_what_is_too_short_or_runs_backwards_says_so(page_client, team):
    """An empty list would be a wrong answer: nothing was looked for."""
    for query, words in (
        ({"q": "焜"}, "请至少输入两个字。"),
        ({"number": "ab"}, "请至少输入文号中连续的三个字。"),
        ({"decided_from": "2026-10-31", "decided_until": "2026-10-01"}, "早于起始日期 2026-10-31"),
    ):
        assert words in page_client.get("/publicity/penalty/", query).content.decode()
        assert page_client.get("/publicity/penalty/list.csv", query).status_code == 302


def test_conditions_stand_above_the_list_and_the_fold_stays_closed(two, client):
    page = text(client.get(f"{LIST}?category=罚款&district=340405&sort=x"))
    assert "<details open" not in page
    assert "处罚类别：罚款" in page
    assert "企业所在区县：八公山区" in page
    assert 'href="?sort=x">全部清除' in page
    assert "当前条件" not in text(client.get(LIST))
    assert "<details open" in text(client.get(f"{LIST}?decided_from=2026-02-30"))
