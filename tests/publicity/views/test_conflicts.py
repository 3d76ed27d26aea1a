"""Two people change one decision: both texts are shown, and each field is chosen."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from publicity.fields import fields_for
from publicity.models import PenaltyDecision
from publicity.views.staff.conflicts import find_conflict
from tests.factories.publicity import make_penalty


def address_of(row, page="edit"):
    return reverse(f"staff:publicity:decision_{page}", args=[row.KIND, row.pk])


class TestConflict:
    @pytest.fixture
    def client(self, team, desk):
        return desk(team.clerk)

    @pytest.fixture
    def row(self, team):
        row = make_penalty(team)
        PenaltyDecision.objects.update(revision=5, penalty_category="警告；罚款")
        return row

    def test_who_saved_and_when(self, team, client, row, typed):
        client.post(address_of(row), typed | {"revision": 5, "facts": "先存的。"})
        page = client.post(address_of(row), typed | {"revision": 5, "facts": "后存的。"})
        (difference,) = page.context["conflict"].rows
        assert (difference.mine, difference.theirs) == ("后存的。", "先存的。")
        assert page.context["conflict"].own
        assert "您本人在另一个窗口于" in page.content.decode()
        assert "已由王静于" not in page.content.decode()

    def test_another_person_is_named(self, team, client, row, typed):
        client.post(address_of(row), typed | {"revision": 5, "facts": "先存的。"})
        row.refresh_from_db()
        texts = {field.name: "" for field in fields_for("penalty")} | typed
        found = find_conflict(row, texts | {"facts": "后存的。"}, {}, by=team.reviewer)
        assert (found.who, found.own) == ("王静", False)
        text = render_to_string("staff/publicity/_conflict.html", {"conflict": found})
        assert "已由王静于" in text
        assert "另一个窗口" not in text

    def test_categories_parted_by_other_signs_are_the_same(self, client, row, typed):
        changes = {"revision": 1, "penalty_category": ["罚款", "警告"]}
        page = client.post(address_of(row), typed | changes)
        assert "penalty_category" not in {r.name for r in page.context["conflict"].rows}

    def test_every_field_has_to_be_chosen(self, client, row, typed):
        chosen = {"conflict": ["facts", "penalty_category", "nonsense"], "take_facts": "theirs"}
        page = client.post(address_of(row), typed | {"revision": 5, "facts": "甲"} | chosen)
        assert "还有 1 个栏目没有选择" in page.content.decode()
        choices = {r.name: r.choice for r in page.context["conflict"].rows}
        assert choices["facts"] == "theirs"
        assert choices["penalty_category"] == ""
        row.refresh_from_db()
        assert row.revision == 5

    def test_the_choice_is_saved(self, client, row, typed):
        chosen = {
            "conflict": ["facts", "penalty_category"],
            "take_facts": "mine",
            "take_penalty_category": "theirs",
            "penalty_category": ["罚款", "其他"],
            "penalty_category_other": "训诫",
        }
        client.post(address_of(row), typed | {"revision": 5, "facts": "甲"} | chosen)
        row.refresh_from_db()
        assert (row.facts, row.penalty_category, row.revision) == ("甲", "警告；罚款", 6)

    def test_a_third_person_asks_again(self, client, row, typed):
        chosen = {"conflict": ["facts"], "take_facts": "mine"}
        page = client.post(address_of(row), typed | {"revision": 4, "facts": "甲"} | chosen)
        assert page.context["conflict"].rows
        row.refresh_from_db()
        assert row.facts != "甲"

    def test_the_same_text_twice_is_no_conflict(self, client, row, typed):
        client.post(address_of(row), typed | {"revision": 5})
        page = client.post(address_of(row), typed | {"revision": 5}, follow=True)
        assert "已保存的内容与您填写的相同" in page.content.decode()

    def test_rows_that_nobody_typed(self, client, row, typed):
        page = client.post(address_of(row), typed | {"revision": 1})
        assert page.context["conflict"].who == "他人"
