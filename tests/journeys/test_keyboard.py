"""Search, entry and approval with nothing but a keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from credit_portal.accounts.models import Department, User
from credit_portal.demo.cast import EMERGENCY
from publicity.models import PenaltyDecision
from publicity.services.publication import Periods, build
from records.models import MarketEntity
from tests.factories.publicity import Team, make_penalty

from .parts import wait_until
from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

FAR = 200  # tab stops after which nobody goes on
# The element, the search box around it or the card that its link stretches over has an outline.
FOCUS_SHOWS = """element => [element, element.closest('.search')].filter(Boolean).some(one =>
  [null, '::after'].some(part => getComputedStyle(one, part).outlineStyle !== 'none'))"""
Enter = Callable[..., Person]


def reach(person: Person, target: Locator) -> None:
    """Press Tab until the target has the focus, and see that the focus shows."""
    for _ in range(FAR):
        if target.evaluate("element => element === document.activeElement"):
            break
        person.page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate(FOCUS_SHOWS), "nobody sees where the focus is"


def strike(person: Person, target: Locator, key: str = "Enter") -> None:
    reach(person, target)
    person.page.keyboard.press(key)


def staff() -> Team:
    clerk, reviewer, head = (
        User.objects.get(username=name) for name in ("clerk", "reviewer", "head")
    )
    return Team(Department.objects.get(uscc=EMERGENCY), clerk, reviewer, head)


def test_a_visitor_finds_a_decision(enter: Enter) -> None:
    firm = MarketEntity.objects.get(name="淮南市焜屿电梯维保有限公司")
    decision = make_penalty(staff(), firm, number=118, published_at=timezone.now())
    build(decision, Periods().of(decision)).save()
    visitor = enter()
    visitor.open("/")
    strike(visitor, visitor.page.get_by_role("link", name="跳到主要内容"))
    visitor.open("/")
    reach(visitor, visitor.page.get_by_role("search").get_by_role("searchbox"))
    visitor.page.keyboard.type("焜屿")
    visitor.page.keyboard.press("Enter")
    strike(visitor, visitor.page.get_by_role("link", name=decision.document_number).first)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("焜屿")
    strike(visitor, visitor.page.locator("summary", has_text="怎样算的").first)
    visitor.sees("依据")


def test_a_clerk_enters_and_a_reviewer_approves(enter: Enter) -> None:
    firm = MarketEntity.objects.exclude(legal_representative="").exclude(code__startswith="92")[0]
    clerk = enter("clerk")
    clerk.open("/staff/")
    strike(clerk, clerk.page.get_by_role("link", name="新增处罚"))
    clerk.page.wait_for_url("**/penalty/new/?form=n*")
    enter_one(clerk, firm)
    strike(clerk, clerk.page.get_by_role("button", name="保存草稿"))
    clerk.sees("已保存")
    strike(clerk, clerk.page.get_by_role("button", name="提交审核"))
    wait_until(lambda: PenaltyDecision.objects.filter(state="in_review").exists())

    reviewer = enter("reviewer")
    reviewer.open("/staff/publicity/penalty/")
    strike(reviewer, reviewer.page.get_by_role("checkbox", name=firm.name), " ")
    strike(reviewer, reviewer.page.get_by_role("button", name="审核通过"))
    reviewer.page.get_by_role("heading", name="审核通过 1 条").first.wait_for()
    strike(reviewer, reviewer.page.locator("main").get_by_role("button", name="审核通过"))
    reviewer.sees("已审核通过 1 条")
    assert PenaltyDecision.objects.get().state == "approved"


def enter_one(clerk: Person, firm: MarketEntity) -> None:
    """In the order of the page, from the code on: the firm's name and head come by themselves."""
    today = timezone.localdate()
    expect(clerk.page.get_by_label("行政相对人名称", exact=False).first).to_be_focused()
    category = clerk.page.get_by_label("行政相对人类别", exact=False).first
    code = clerk.page.get_by_label("统一社会信用代码", exact=True)
    reach(clerk, category)
    clerk.page.keyboard.press("ArrowDown")
    expect(category).to_have_value("法人及非法人组织")
    reach(clerk, code)
    clerk.page.keyboard.type(firm.code)
    clerk.page.keyboard.press("Tab")
    expect(clerk.page.get_by_label("行政相对人名称", exact=False).first).to_have_value(firm.name)
    for label, text in (
        ("行政处罚决定书文号", f"（淮）应急罚〔{today.year}〕9001号"),
        ("违法行为类型", "未对从业人员进行安全生产教育和培训"),
        ("违法事实", "现场检查发现三名从业人员未经培训上岗。"),
        ("处罚依据", "《中华人民共和国安全生产法》第九十七条"),
    ):
        reach(clerk, clerk.page.get_by_label(label, exact=False).first)
        clerk.page.keyboard.type(text)
    strike(clerk, clerk.page.get_by_role("checkbox", name="警告"), " ")
    reach(clerk, clerk.page.get_by_label("处罚内容", exact=False).first)
    clerk.page.keyboard.type("给予警告。")
    for label, day in (("处罚决定日期", today), ("处罚有效期", today), ("公示截止期", today)):
        reach(clerk, clerk.page.get_by_label(label, exact=False).first)
        clerk.page.keyboard.press("Control+A")
        clerk.page.keyboard.type(f"{day:%Y%m%d}")
