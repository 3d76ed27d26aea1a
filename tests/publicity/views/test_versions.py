"""Correcting and taking down: a wrong reason comes back at its field, with what was typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from publicity.models import PenaltyDecision
from tests.factories.publicity import make_penalty, published

PEOPLE = {"revise": "clerk", "withdraw": "head"}


def act(desk, team, row, step, reason):
    address = reverse(f"staff:publicity:decision_{step}", args=["penalty", row.pk])
    return desk(getattr(team, PEOPLE[step])).post(address, {"reason": reason}, follow=True)


@pytest.mark.parametrize(("step", "word"), [("revise", "更正原因"), ("withdraw", "撤下原因")])
@pytest.mark.parametrize(("typed", "said"), [(" ", "请填写{}。"), ("因" * 600, "{}不能超过")])
def test_a_wrong_reason_comes_back_at_its_field(team, desk, step, word, typed, said):
    row = published(make_penalty(team), team)
    page = act(desk, team, row, step, typed)
    form = page.context[f"{step}_form"]
    (sentence,) = form["reason"].errors
    assert sentence.startswith(said.format(word))
    assert form["reason"].value() == typed
    (box,) = re.findall(rf'<input[^>]*id="{step}_reason"[^>]*>', page.content.decode())
    assert "autofocus" in box
    assert PenaltyDecision.objects.get().state == "published"


@pytest.mark.parametrize("step", ["revise", "withdraw"])
def test_what_is_not_public_is_said_on_the_page(team, desk, step):
    row = make_penalty(team)
    page = act(desk, team, row, step, "名称有误。")
    assert page.redirect_chain[-1][0] == reverse(
        "staff:publicity:decision_detail", args=["penalty", row.pk]
    )
    assert [str(one) for one in page.context["messages"]]
    assert PenaltyDecision.objects.get().state == "draft"
