"""Long forms at real browsers: nothing typed is lost, whoever or whatever comes between."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from credit_portal.accounts.middleware import BEGAN, SEEN
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import create_user, enrol_totp, grant_role
from credit_portal.demo.cast import EMERGENCY, PASSWORD, totp_secret
from credit_portal.desk.models import FormDraft
from publicity.models import PenaltyDecision
from records.models import MarketEntity
from tests.factories.publicity import Team, make_penalty

from .parts import wait_until
from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

NEW = "/staff/publicity/penalty/new/"
Enter = Callable[..., Person]


def facts(person: Person):
    return person.page.get_by_label("违法事实")


def status(person: Person):
    return person.page.locator("[data-autosave-status]")


def age(*, seen: float = 0, began: float = 0) -> None:
    """Every session was last used, or begun, so many seconds ago."""
    for row in Session.objects.all():
        store = row.get_session_store_class()(row.session_key)
        for name, seconds in ((SEEN, seen), (BEGAN, began)):
            if seconds:
                store[name] = time.time() - seconds
        store.save()


@pytest.fixture
def decision(city: None) -> PenaltyDecision:
    organ = Department.objects.get(uscc=EMERGENCY)
    clerk, reviewer, head = (
        User.objects.get(username=name) for name in ("clerk", "reviewer", "head")
    )
    return make_penalty(Team(organ, clerk, reviewer, head))


def test_typing_is_kept_and_comes_back(enter: Enter) -> None:
    firm = MarketEntity.objects.exclude(legal_representative="").first()
    assert firm is not None
    clerk = enter("clerk")
    clerk.open(NEW)
    expect(clerk.page.get_by_label("行政相对人名称")).to_be_focused()
    clerk.look("entry-new")
    clerk.page.get_by_label("统一社会信用代码", exact=True).fill(firm.code)
    facts(clerk).fill("打到一半。")
    expect(clerk.page.get_by_label("行政相对人名称")).to_have_value(firm.name)
    clerk.page.get_by_label("罚款金额").fill("3.2")
    clerk.sees("32,000 元")
    clerk.page.locator("#id_decided_on").fill("2026年9月7日")
    clerk.page.get_by_role("checkbox", name="罚款").check()
    expect(clerk.page.locator("#id_decided_on")).to_have_value("2026-09-07")
    expect(status(clerk)).to_have_text(re.compile(r"已于 \d\d:\d\d 自动保存"))
    clerk.look("entry-saved")
    wait_until(lambda: FormDraft.objects.filter(values__penalty_category=["罚款"]).exists())

    clerk.page.close()
    clerk.page = clerk.context.new_page()
    clerk.open(NEW)
    clerk.sees("保存的内容，尚未提交")
    expect(facts(clerk)).to_have_value("打到一半。")
    expect(clerk.page.get_by_label("行政相对人名称")).to_have_value(firm.name)
    expect(clerk.page.get_by_role("checkbox", name="罚款")).to_be_checked()
    clerk.look("entry-restored")
    clerk.unfold("放弃恢复的内容")
    clerk.press("确认放弃")
    clerk.sees("已放弃未提交的内容。")
    expect(facts(clerk)).to_have_value("")
    assert not FormDraft.objects.exists()


def test_a_code_that_does_not_fit_is_explained(enter: Enter) -> None:
    firm = MarketEntity.objects.first()
    assert firm is not None
    clerk = enter("clerk")
    clerk.open(NEW)
    clerk.page.get_by_label("行政相对人名称").fill("另一家公司")
    clerk.page.get_by_label("统一社会信用代码", exact=True).fill(firm.code)
    clerk.page.get_by_label("统一社会信用代码", exact=True).blur()
    clerk.sees("您填的名称是“另一家公司”，该代码登记的是")
    clerk.look("entry-other-name")
    clerk.press("改用登记的名称")
    expect(clerk.page.get_by_label("行政相对人名称")).to_have_value(firm.name)


def test_a_session_that_ended_while_typing(enter: Enter) -> None:
    clerk = enter("clerk")
    clerk.open(NEW)
    facts(clerk).fill("会话失效前写的。\n第二行。")
    clerk.page.get_by_role("checkbox", name="警告").check()
    age(seen=31 * 60)
    clerk.press("保存草稿")
    clerk.sees("登录已失效，您填写的内容已保留。请用原来的账号重新登录后继续。")
    clerk.look("entry-session-ended")

    clerk.sign_in("clerk")
    clerk.page.wait_for_url(f"**{NEW}")
    clerk.sees("登录已失效，您填写的内容已保留，请核对后再次提交。")
    expect(facts(clerk)).to_have_value("会话失效前写的。\n第二行。")
    expect(clerk.page.get_by_role("checkbox", name="警告")).to_be_checked()
    clerk.look("entry-after-sign-in")
    assert not PenaltyDecision.objects.exists()


def test_somebody_else_signs_in_there(enter: Enter) -> None:
    clerk = enter("clerk", script=False)
    clerk.open(NEW)
    facts(clerk).fill("只给本人看。")
    Session.objects.all().delete()
    clerk.press("保存草稿")
    clerk.sign_in("zhujian_clerk")
    clerk.page.wait_for_url(f"**{NEW}")
    expect(facts(clerk)).to_have_value("")
    assert "只给本人看" not in clerk.page.content()


def test_two_people_and_one_decision(enter: Enter, decision: PenaltyDecision) -> None:
    organ = decision.department
    second = create_user(
        username="second", name="钱进", department=organ, password=PASSWORD, by=None
    )
    grant_role(user=second, role=Role.CLERK, department=organ, by=None)
    enrol_totp(user=second, secret=totp_secret("second"), by=None)
    address = f"/staff/publicity/penalty/{decision.pk}/edit/"
    first, other = enter("clerk"), enter("second", script=False)
    for person in (first, other):
        person.open(address)
    facts(first).fill("王静的说法。")
    first.page.get_by_label("备注").fill("王静的备注。")
    first.press("保存草稿")
    first.sees("已保存")

    facts(other).fill("钱进的说法。")
    other.press("保存草稿")
    other.sees("该信息又被保存过")
    other.sees("两份内容有 2 处不同")
    other.sees("已由王静于")
    other.look("entry-conflict")
    decision.refresh_from_db()
    assert decision.facts == "王静的说法。"

    other.press("保存草稿")
    other.sees("还有 2 个栏目没有选择")
    for name, choice in (("facts", "mine"), ("remarks", "theirs")):
        other.page.locator(f"input[name=take_{name}][value={choice}]").check()
    other.press("保存草稿")
    other.sees("已保存。核对无误后请提交审核。")
    decision.refresh_from_db()
    assert (decision.facts, decision.remarks) == ("钱进的说法。", "王静的备注。")


def test_keys(enter: Enter) -> None:
    clerk = enter("clerk")
    clerk.open(NEW)
    clerk.page.get_by_label("行政相对人名称").fill("某公司")
    clerk.page.keyboard.press("Enter")
    assert clerk.page.url.endswith(NEW)
    expect(clerk.page.locator(".errors")).to_have_count(0)
    clerk.page.keyboard.press("Control+s")
    expect(status(clerk)).to_have_text(re.compile(r"已保存 \d\d:\d\d"))
    assert FormDraft.objects.get().values["party_name"] == ["某公司"]

    clerk.press("保存草稿")
    expect(clerk.page.locator(".errors")).to_be_focused()
    expect(facts(clerk)).to_have_value("")
    clerk.look("entry-errors")


def test_the_end_of_the_session_is_announced(enter: Enter) -> None:
    clerk = enter("clerk")
    clerk.page.clock.install()
    clerk.open(NEW)
    box = clerk.page.locator("#session-warning")
    clerk.page.clock.fast_forward("27:30")
    expect(box).to_be_hidden()
    clerk.page.clock.fast_forward("00:40")
    expect(box).to_be_visible()
    expect(box).to_contain_text(re.compile(r"还剩 1 分 \d+ 秒"))
    clerk.look("session-warning")
    age(seen=29 * 60)
    clerk.press("继续使用")
    expect(box).to_be_hidden()
    seen = max(row.get_decoded()[SEEN] for row in Session.objects.all())
    assert timezone.now().timestamp() - seen < 60

    clerk.page.clock.fast_forward("31:00")
    expect(box).to_contain_text("登录已失效")
    expect(box.get_by_role("button")).to_be_hidden()


def test_a_day_of_work_ends_and_says_so(enter: Enter) -> None:
    clerk = enter("clerk")
    age(began=12 * 3600 - 100)
    clerk.open(NEW)
    box = clerk.page.locator("#session-warning")
    expect(box).to_contain_text("已接近最长时限")
    expect(box.get_by_role("button")).to_be_hidden()


def test_ones_own_sessions(enter: Enter) -> None:
    here, there = enter("clerk"), enter("clerk")
    there.open("/staff/")
    here.open("/sign-in/account/")
    here.look("account")
    here.follow("查看和管理")
    here.sees("在 2 处登录")
    here.look("sessions")
    here.press("结束所有其他登录")
    here.sees("已结束其他 1 处登录。")
    there.open("/staff/")
    assert "/sign-in/" in there.page.url
