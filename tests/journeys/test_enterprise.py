"""A firm on a phone: the letter, the own record, a delegate, and the way in through the service portal."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import Role
from credit_portal.outbox.models import OutboxMessage
from publicity.models import PenaltyDecision, Publication
from records.models import ActivationLetter, MarketEntity
from records.services.letters import ALPHABET
from tests.factories import publicity as papers

from .parts import Portal
from .people import HEIGHT, Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
PHONE = {"width": 390, "height": HEIGHT}
FIRM = "91340405MAYHMM8F8X"
SECRET = "Kettle-Moss-42"
Enter = Callable[..., Person]


def on_a_phone(enter: Enter, *, script: bool = True) -> Person:
    person = enter(script=script)
    person.page.set_viewport_size(PHONE)
    return person


def look(person: Person, name: str) -> None:
    person.look(name)
    person.page.set_viewport_size(PHONE)


def sign_in(person: Person, username: str, password: str) -> None:
    person.open("/enterprise/")
    person.page.get_by_label("用户名").fill(username)
    person.page.get_by_label("密码").fill(password)
    person.press("登录")


def fill_code(person: Person, code: str) -> None:
    person.page.get_by_label("统一社会信用代码").fill(FIRM)
    person.page.get_by_label("激活码").fill(code)
    person.press("下一步：核对企业")


def write_records() -> tuple[str, str]:
    """One public decision and one that waits for its publication, about the firm."""
    people = [User.objects.get(username=name) for name in ("clerk", "reviewer", "head")]
    department = people[0].department
    assert department is not None
    team = papers.Team(department, *people)
    firm = MarketEntity.objects.get(code=FIRM)
    public = papers.published(papers.make_penalty(team, firm, number=701), team)
    ready = papers.approved(papers.make_penalty(team, firm, number=702), team)
    Publication.objects.update(message=None)
    OutboxMessage.objects.all().delete()  # nobody listens on the other side of this story
    return public.document_number, ready.document_number


def letter_from(clerk: Person, folder: Path) -> str:
    """The code on the sheet that the button answers with."""
    clerk.open("/staff/firms/letters/new/")
    clerk.page.get_by_label("统一社会信用代码").fill(FIRM.lower())
    clerk.press("核对企业")
    clerk.sees("签发部门：淮南市应急管理局")
    with clerk.page.expect_download() as waiting:
        clerk.press("签发并下载")
    sheet = folder / "letter.pdf"
    waiting.value.save_as(sheet)
    done = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, check=True
    )
    found = re.search(rf"(?:[{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", done.stdout.decode())
    assert found
    return found.group()


def test_a_firm_from_the_letter_to_the_delegate(enter: Enter, tmp_path: Path) -> None:
    public, ready = write_records()
    clerk = enter("clerk")
    code = letter_from(clerk, tmp_path)
    look_at_a_resting_letter(clerk)

    head = on_a_phone(enter)
    head.open(f"/sign-in/activate/?firm={FIRM}")
    fill_code(head, "AAAA-BBBB-CCCC-DDDD")
    head.sees("激活码不正确")
    look(head, "activation-wrong-code")
    fill_code(head, code.lower().replace("-", " "))
    head.sees("这是您的企业吗？")
    head.sees("913404********8F8X")
    look(head, "activation-confirm")
    register(head)
    look(head, "firm-home")
    assert RoleMembership.objects.get(entity_code=FIRM, ended_at=None).user.username == "gaopeng"

    head.page.get_by_role("link", name="我的记录").click()
    head.sees(public)
    head.sees(ready)
    look(head, "firm-record")
    read_the_rest(head, tmp_path)
    password = appoint(head)
    delegate_works(enter, password, public)
    end_delegation(head)
    look_at_the_question_before_publishing(enter, ready)

    clerk.open("/staff/notices/")
    clerk.sees("启用账号")


def look_at_a_resting_letter(clerk: Person) -> None:
    """As it would be after many wrong codes; the story goes on with the letter as it was."""
    rows = ActivationLetter.objects.filter(entity__code=FIRM)
    rows.update(failures=20, rests_until=timezone.now() + dt.timedelta(hours=2))
    clerk.open("/staff/firms/letters/")
    clerk.sees("暂停中")
    look(clerk, "letters-of-the-department")
    clerk.page.get_by_role("link", name=MarketEntity.objects.get(code=FIRM).name).click()
    clerk.sees("自动恢复")
    look(clerk, "letter-resting")
    rows.update(failures=0, rests_until=None)


def end_delegation(head: Person) -> None:
    head.page.get_by_role("link", name="结束授权").click()
    head.press("结束授权")
    head.sees("已结束朱飞的授权")
    look(head, "delegates-ended")
    head.open("/enterprise/notices/")
    head.sees("已结束经办人朱飞的授权")
    look(head, "firm-notices")


def look_at_the_question_before_publishing(enter: Enter, number: str) -> None:
    boss = enter("head")
    decision = PenaltyDecision.objects.get(document_number=number)
    boss.open(f"/staff/publicity/penalty/{decision.pk}/publish/")
    boss.sees("将要公开的内容")
    boss.look("publish-question")


def register(head: Person) -> None:
    for label, value in (("姓名", "高鹏"), ("手机号", "13855400001"), ("用户名", "gaopeng")):
        head.page.get_by_label(label).fill(value)
    head.page.locator("#id_password1").fill(SECRET)
    head.page.locator("#id_password2").fill(SECRET)
    head.press("核对无误，启用")
    head.sees("账号已启用")


def read_the_rest(head: Person, folder: Path) -> None:
    head.page.get_by_role("link", name="怎样申请").first.click()
    head.sees("您刚才查看的记录")
    look(head, "firm-repair")
    printed(head, folder)
    head.follow("企业服务")
    head.page.get_by_role("link", name="信用报告").click()
    look(head, "firm-report")
    assert head.save("下载 PDF", folder).read_bytes().startswith(b"%PDF")


def printed(head: Person, folder: Path) -> None:
    """A page on paper says whose it is and when it was printed."""
    sheet = folder / "page.pdf"
    head.page.pdf(path=sheet, prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, check=True
    )
    top = done.stdout.decode()[:500]
    for said in (MarketEntity.objects.get(code=FIRM).name, FIRM, "打印时间 20"):
        assert said in top


def appoint(head: Person) -> str:
    """Somebody new for looking only; answers the first password."""
    head.follow("企业服务")
    head.page.get_by_role("link", name="经办人").click()
    look(head, "delegates-none")
    head.follow("指定经办人")
    for label, value in (("姓名", "朱飞"), ("手机号", "13855400002"), ("用户名", "zhufei")):
        head.page.get_by_label(label).fill(value)
    head.press("确认指定")
    head.sees("初始密码只显示这一次")
    look(head, "delegate-appointed")
    password = head.page.locator(".once dd").last.inner_text()
    head.follow("已抄下，返回经办人列表")
    head.sees("朱飞")
    look(head, "delegates")
    return password


def delegate_works(enter: Enter, password: str, public: str) -> None:
    """The first password is changed, the record can be read, and nothing else is on offer."""
    delegate = on_a_phone(enter, script=False)
    sign_in(delegate, "zhufei", password)
    delegate.page.get_by_label("当前密码").fill(password)
    delegate.page.locator("#id_password1").fill(SECRET)
    delegate.page.locator("#id_password2").fill(SECRET)
    delegate.press("保存新密码")
    delegate.open("/enterprise/")
    delegate.sees("查看本单位的记录和报告")
    assert delegate.page.get_by_role("link", name="经办人").count() == 0
    delegate.page.get_by_role("link", name="我的记录").click()
    delegate.sees(public)
    answer = delegate.page.request.get(f"/enterprise/{FIRM}/delegates/")
    assert answer.status == 403
    held = RoleMembership.objects.get(user__username="zhufei")
    assert held.role == Role.ENTERPRISE_OPERATOR
    assert held.scope == ["view"]


def test_a_legal_representative_through_the_service_portal(enter: Enter, portal: Portal) -> None:
    """The real redirects, under the real content policy: out by a link, back, and the firm confirmed."""
    portal.provider.says(sub="77", name="高鹏", uscc=FIRM, role="legal_person")
    head = on_a_phone(enter)
    head.open("/sign-in/")
    look(head, "door-with-service-portal")
    head.follow("企业用户用安徽政务服务网登录")
    head.sees("统一身份认证")
    head.follow("同意并登录")
    head.sees("这是您的企业吗？")
    look(head, "service-portal-confirm")
    head.page.get_by_label("手机号").fill("13855400003")
    head.press("核对无误，启用")
    head.sees("账号已启用")
    look(head, "service-portal-bound")
    head.open("/sign-in/account/")
    look(head, "account-of-the-service-portal")
    head.open("/enterprise/")
    assert RoleMembership.objects.get(entity_code=FIRM).role == Role.ENTERPRISE_HEAD
    head.press("退出")
    again = on_a_phone(enter)
    again.open("/sign-in/")
    again.follow("企业用户用安徽政务服务网登录")
    again.follow("同意并登录")
    again.sees("企业主要负责人")
    portal.provider.says(fault="bad_signature", sub="77")
    stranger = on_a_phone(enter)
    stranger.open("/sign-in/")
    stranger.follow("企业用户用安徽政务服务网登录")
    stranger.follow("同意并登录")
    stranger.sees("未能通过安徽政务服务网登录")
    look(stranger, "service-portal-refused")
