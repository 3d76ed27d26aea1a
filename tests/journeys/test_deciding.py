"""Reading and deciding at real browsers: on a desk the button that decides is in sight before anybody scrolls, on a phone
it comes after the text."""

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
from tests.factories.publicity import Team, in_correction, make_penalty, published, submitted

from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
Enter = Callable[..., Person]


def team_of_bureau() -> Team:
    organ = Department.objects.get(uscc=EMERGENCY)
    people = [User.objects.get(username=name) for name in ("clerk", "reviewer", "head")]
    return Team(organ, *people)


@pytest.fixture
def late(city: None) -> PenaltyDecision:
    """Past its deadline, sent back once, changed and submitted again."""
    team = team_of_bureau()
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
    reviewer.page.set_viewport_size(DESK)
    reviewer.open(f"/staff/publicity/penalty/{late.pk}/")
    for name in ("审核通过", "退回修改"):
        expect(reviewer.page.get_by_text(name, exact=True).first).to_be_in_viewport(ratio=1)
    reviewer.page.set_viewport_size(PHONE)
    assert top(reviewer, "facts") < top(reviewer, "steps") < top(reviewer, "trail")
    reviewer.follow("转到办理")
    expect(reviewer.page.get_by_text("审核通过", exact=True).first).to_be_in_viewport(ratio=1)
    reviewer.page.set_viewport_size(DESK)
    reviewer.unfold("怎样算的")
    reviewer.unfold("改动 2 个栏目")
    reviewer.sees("处罚款人民币4.5万元")
    reviewer.look("decide-late")


def top(person: Person, id: str) -> float:
    box = person.page.locator(f"#{id}").bounding_box()
    assert box
    return box["y"]


def test_a_correction_is_compared_taken_down_and_brought_back(
    enter: Enter, late: PenaltyDecision
) -> None:
    team = team_of_bureau()
    row = in_correction(
        published(late, team), team, "金额与决定书不一致。", fine_amount="6.5", facts="经核查查实。"
    )
    page = f"/staff/publicity/penalty/{row.pk}/"
    submitted(row, team)
    reviewer, head = enter("reviewer"), enter("head")
    reviewer.open(page)
    reviewer.sees("更正原因：金额与决定书不一致。")
    reviewer.unfold("退回修改")
    reviewer.page.get_by_role("button", name="处罚依据引用的条款有误").click()
    expect(reviewer.page.get_by_label("退回意见")).to_have_value("处罚依据引用的条款有误，请核对。")
    reviewer.look("correction-to-review")
    reviewer.press("审核通过")
    head.open(page)
    head.look("correction-to-publish")
    head.follow("撤下")
    head.look("withdraw-asked")
    head.page.get_by_label("撤下原因").fill("复议撤销。")
    head.press("撤下")
    head.sees("撤下信息等待报送市平台")
    clerk = enter("clerk")
    clerk.open(page)
    clerk.unfold("重新公示")
    clerk.look("withdrawn")
    clerk.page.get_by_label("重新公示原因").fill("复议决定维持。")
    clerk.press("建立重新公示版本")
    clerk.sees("内容与撤下前相同。")
    clerk.look("to-bring-back")
    clerk.press("提交审核")
    reviewer.open(page)
    reviewer.press("审核通过")
    head.open(page)
    head.page.get_by_role("link", name="公示", exact=True).click()
    head.sees("恢复已撤下的公示")
    head.look("bring-back-asked")
    head.press("公示")
    head.sees("已公示 1 条")


@pytest.mark.parametrize("script", [True, False])
def test_an_unfinished_entry_is_found_again(enter: Enter, script: bool) -> None:
    clerk = enter("clerk", script=script)
    clerk.open("/staff/publicity/penalty/new/")
    clerk.page.get_by_label("行政相对人名称").fill("淮南某化工有限公司")
    clerk.press("保存草稿")
    clerk.sees("已暂存，还没有成为草稿")
    clerk.look("entry-unfinished")
    clerk.follow("查看没有填完的表单")
    clerk.page.get_by_role("link", name="继续填写").click()
    expect(clerk.page.get_by_label("行政相对人名称")).to_have_value("淮南某化工有限公司")
    assert FormDraft.objects.count() == 1
