"""The pages on which a department describes its numbering."""

from __future__ import annotations

import pytest
from django.urls import reverse

from publicity.models import NumberSeries
from tests.factories.publicity import make_penalty
from tests.factories.register import PATTERN, make_series

OVERVIEW = reverse("staff:publicity:register_overview")
TYPED = {
    "kind": "penalty",
    "pattern": PATTERN,
    "first_number": 1,
    "from_year": 2026,
    "until_year": "",
}


def test_a_clerk_describes_a_series(team, desk, pages):
    client = desk(team.clerk)
    assert "还没有文号规则" in client.get(pages("register_series")).content.decode()
    form = client.get(pages("register_series_create"), {"kind": "permit"})
    assert form.context["form"].initial["kind"] == "permit"

    saved = client.post(pages("register_series_create"), TYPED)

    assert saved.url == pages("register_series")
    assert PATTERN in client.get(saved.url).content.decode()
    assert NumberSeries.objects.get().from_year == 2026


def test_examples_are_shown_before_anything_is_kept(team, desk, pages):
    page = desk(team.clerk).post(pages("register_series_create"), TYPED | {"preview": "1"})

    assert "（淮）应急罚〔2026〕118号" in page.content.decode()
    assert not NumberSeries.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"pattern": "罚{n}号"}, "用 {year} 表示年份"), ({"until_year": "2025"}, "停用年份不能早于")],
)
def test_mistakes_stand_at_their_fields(team, desk, pages, typed, words):
    page = desk(team.clerk).post(pages("register_series_create"), TYPED | typed)

    assert words in page.content.decode()
    assert not NumberSeries.objects.exists()


def test_a_series_is_changed_with_its_trail(team, desk, pages):
    series = make_series(team)
    client = desk(team.clerk)
    address = pages("register_series_edit", pk=series.pk)
    assert "登记文号规则" in client.get(address).content.decode()

    client.post(address, TYPED | {"until_year": "2028"})

    series.refresh_from_db()
    assert series.until_year == 2028
    assert "修改文号规则" in client.get(address).content.decode()


def test_numbers_without_a_series_are_listed(team, desk, pages):
    make_penalty(team)
    page = desk(team.reviewer).get(pages("register_series")).content.decode()
    assert "没有归入规则的文号" in page
    assert "登记文号规则" not in page


def test_the_office_sees_every_department(team, cast, desk, queries_of):
    make_series(team)
    client = desk(cast.officer)
    lines = client.get(OVERVIEW).context["lines"]
    assert {line.department.uscc: line.series for line in lines}[team.department.uscc] == 1
    one = queries_of(client, OVERVIEW)
    make_series(team, "permit")
    assert queries_of(client, OVERVIEW) == one


def test_without_departments_the_overview_says_so(team, desk, cast):
    cast.housing.is_committee_office = True
    cast.housing.save()
    assert "没有可查看的单位" in desk(cast.other_clerk).get(OVERVIEW).content.decode()
