"""Who may take which step, who is waited for, and the words of a row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission, Role
from credit_portal.accounts.services import grant_role
from publicity.selectors.lines import (
    Awaited,
    amount,
    deliveries,
    delivery_tone,
    lines,
    matter,
    steps_for,
)
from tests.factories.publicity import (
    approved,
    make_department,
    make_penalty,
    make_permit,
    published,
    submitted,
)


@pytest.mark.parametrize(
    ("move", "offers"),
    [
        (None, {"clerk": ("submit",), "reviewer": (), "head": ()}),
        (submitted, {"clerk": (), "reviewer": ("approve", "return"), "head": ()}),
        (approved, {"clerk": (), "reviewer": ("return",), "head": ("publish",)}),
        (published, {"clerk": (), "reviewer": (), "head": ()}),
    ],
)
def test_steps_by_state_and_person(team, move, offers):
    row = make_penalty(team)
    if move:
        row = move(row, team)
    assert {name: steps_for(row, getattr(team, name)) for name in offers} == offers


def test_nobody_plays_two_parts(team):
    for role in (Role.REVIEWER, Role.HEAD):
        grant_role(user=team.clerk, role=role, department=team.department, by=None)
    clerk = User.objects.get(pk=team.clerk.pk)
    row = approved(make_penalty(team), team)
    assert steps_for(row, clerk) == ()
    grant_role(user=team.reviewer, role=Role.HEAD, department=team.department, by=None)
    assert steps_for(row, User.objects.get(pk=team.reviewer.pk)) == ("return",)


def test_matter_and_amount_in_words(team):
    row = make_penalty(team, penalty_category="警告；罚款;", confiscated_amount=Decimal("100"))
    assert (matter(row), amount(row)) == ("警告、罚款", "罚款 3.2 万元，没收 100 万元")
    (line,) = lines([row], team.clerk)
    assert line.in_words == "警告，罚款 3.2 万元，没收 100 万元"
    permit = make_permit(team)
    assert (matter(permit), amount(permit)) == ("核准", "")


def test_the_newest_delivery_of_each(team):
    row = published(make_penalty(team), team)
    draft = make_penalty(team, number=2)
    sent = deliveries([row.reference, draft.reference])
    assert {stream: message.state for stream, message in sent.items()} == {row.reference: "pending"}
    tones = [line.delivery_tone for line in lines([row, draft], team.clerk)]
    assert tones == ["info", ""]
    assert delivery_tone(None) == ""


def test_who_is_waited_for(team):
    awaited = Awaited()
    row = submitted(make_penalty(team), team)
    assert awaited.words(row) == "等待 审核员 审核"
    assert awaited.words(published(make_penalty(team, number=2), team)) == ""


def test_many_people_are_counted_and_nobody_is_said(team):
    for number in range(2):
        user = User.objects.create(username=f"r{number}", name=f"甲{number}")
        grant_role(user=user, role=Role.REVIEWER, department=team.department, by=None)
    awaited = Awaited()
    review = Permission.DECISION_REVIEW
    assert awaited.names(review, team.department) == "审核员、甲0 等 3 人"
    lonely = make_department("11340422MAEBD7E87U", "寿县应急管理局")
    assert awaited.names(review, lonely) == "寿县应急管理局（尚无人员）"
