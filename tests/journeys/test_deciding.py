"""Reading and deciding at real browsers: the button that decides is in sight before anybody scrolls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from credit_portal.accounts.models import Department, User
from credit_portal.demo.cast import EMERGENCY
from credit_portal.desk.models import FormDraft
from publicity import services
from publicity.models import PenaltyDecision
from publicity.services.entry import texts
from tests.factories.publicity import Team, make_penalty, submitted

from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

SCREENS = ((1366, 768), (390, 844))
Enter = Callable[..., Person]


@pytest.fixture
def late(city: None) -> PenaltyDecision:
    """Past its deadline, sent back once, changed and submitted again."""
    organ = Department.objects.get(uscc=EMERGENCY)
    people = [User.objects.get(username=name) for name in ("clerk", "reviewer", "head")]
    team = Team(organ, *people)
    row = make_penalty(team, decided_on=timezone.localdate() - dt.timedelta(days=60))
    services.return_to_clerk(
        kind="penalty", ids=[submitted(row, team).pk], by=team.reviewer, reason="请核对金额。"
    )
    row.refresh_from_db()
    services.edit_decision(
        kind="penalty",
        pk=row.pk,
        values=texts(row) | {"fine_amount": "4.5", "penalty_content": "处罚款人民币4.5万元"},
        revision=row.revision,
        by=team.clerk,
        confirmed=True,
    )
    return submitted(row, team)


def test_what_decides_a_late_decision_is_in_sight(enter: Enter, late: PenaltyDecision) -> None:
    reviewer = enter("reviewer")
    for width, height in SCREENS:
        reviewer.page.set_viewport_size({"width": width, "height": height})
        reviewer.open(f"/staff/publicity/penalty/{late.pk}/")
        for name in ("审核通过", "退回修改"):
            place = reviewer.page.get_by_text(name, exact=True).first
            expect(place).to_be_in_viewport(ratio=1)
    reviewer.unfold("怎样算的")
    reviewer.unfold("改动 2 个栏目")
    reviewer.sees("处罚款人民币4.5万元")
    reviewer.look("decide-late")


@pytest.mark.parametrize("script", [True, False])
def test_an_unfinished_entry_is_found_again(enter: Enter, script: bool) -> None:
    clerk = enter("clerk", script=script)
    clerk.open("/staff/publicity/penalty/new/")
    clerk.page.get_by_label("行政相对人名称").fill("淮南某化工有限公司")
    clerk.press("保存草稿")
    clerk.sees("已保存，还不能提交审核")
    clerk.look("entry-unfinished")
    clerk.follow("查看没有填完的表单")
    clerk.page.get_by_role("link", name="继续填写").click()
    expect(clerk.page.get_by_label("行政相对人名称")).to_have_value("淮南某化工有限公司")
    assert FormDraft.objects.count() == 1
