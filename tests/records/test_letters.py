"""Activation letters: issuing, revoking, trying the code, using it."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from credit_portal.accounts import policy, security
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import RoleMembership, SignInTrial, User
from credit_portal.accounts.roles import FirmAct, Role
from credit_portal.accounts.services import give_role
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from records.exceptions import ActivationRefused, LetterRefused
from records.models import ActivationLetter
from records.selectors import LETTER_STATES, heads, letter_state, masked_facts
from records.services import issue_letter, revoke_letter, try_code, use_letter
from records.services.letters import ALPHABET, new_code, plain_code, rest_after
from tests.factories.accounts import FIRM, make_user
from tests.factories.publicity import make_firm

pytestmark = pytest.mark.django_db
ADDRESS = "https://portal.example/sign-in/activate/"
HERE = "10.0.0.1"


def issue(cast, firm=None, *, by=None, replaces=None, department=None):
    return issue_letter(
        entity=firm or make_firm(),
        department=department or cast.bureau,
        replaces=replaces,
        address=ADDRESS,
        by=by or cast.clerk,
    )


def text_of(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def code_in(pdf: bytes) -> str:
    found = re.search(rf"(?:[{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", text_of(pdf))
    assert found, text_of(pdf)
    return found.group()


def attempt(code, *, firm=FIRM, account="", address=HERE):
    return try_code(firm_code=firm, code=code, account=account, address=address)


def test_a_code_is_long_and_reads_well():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert len(ALPHABET) ** 16 >= 2**60
    assert not set(ALPHABET) & set("01OIL2Z5S")
    assert plain_code(" ａbcd-EFGH—3 4") == "ABCDEFGH34"


def test_issue(cast):
    issued = issue(cast)
    letter = ActivationLetter.objects.get()
    assert issued.letter == letter
    assert re.fullmatch(r"JH20\d{2}\d{6}", letter.number)
    assert letter.expires_on == timezone.localdate() + dt.timedelta(days=30)
    page = text_of(issued.pdf).replace(" ", "")
    code = code_in(issued.pdf)
    for part in ("企业账号激活函", letter.number, letter.entity.name, FIRM, "共1页", "—1—"):
        assert part in page
    assert plain_code(code) not in letter.code_hash
    event = AuditEvent.objects.get(action="letter.issued")
    assert code not in f"{event.changes}{event.subject_label}"
    assert attempt(code) == letter


def test_a_newer_letter_ends_the_older(cast):
    first = issue(cast)
    with pytest.raises(LetterRefused, match="刚刚有变动"):
        issue(cast)
    second = issue(cast, by=cast.head, replaces=first.letter.pk)
    first.letter.refresh_from_db()
    assert first.letter.revoke_reason == "已另发新函"
    assert AuditEvent.objects.filter(action="letter.revoked").count() == 1
    with pytest.raises(ActivationRefused):
        attempt(code_in(first.pdf))
    assert attempt(code_in(second.pdf)) == second.letter
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationLetter.objects.filter(pk=first.letter.pk).update(
            revoked_at=None, revoke_reason=""
        )


def test_who_may_issue(cast):
    for person in (cast.reviewer, cast.officer, cast.firm_head):
        with pytest.raises(NotAllowed):
            issue(cast, by=person)
    with pytest.raises(NotAllowed):
        issue(cast, by=cast.other_clerk)
    firm = make_firm()
    firm.status = "注销"
    firm.save()
    with pytest.raises(LetterRefused, match="注销"):
        issue(cast, firm)
    assert not ActivationLetter.objects.exists()
    assert not AuditEvent.objects.filter(action="letter.issued").exists()


def test_revoke(cast):
    issued = issue(cast)
    with pytest.raises(NotAllowed):
        revoke_letter(letter=issued.letter, reason="误发", by=cast.other_clerk)
    revoke_letter(letter=issued.letter, reason="误发", by=cast.head)
    with pytest.raises(ActivationRefused):
        attempt(code_in(issued.pdf))
    with pytest.raises(LetterRefused, match="不能再撤销"):
        revoke_letter(letter=issued.letter, reason="误发", by=cast.clerk)


def test_one_sentence_for_every_miss(cast):
    issued = issue(cast)
    sentences = set()
    for number, (firm, code) in enumerate(
        [(FIRM, new_code()), ("91340422MAB2TL6F50", code_in(issued.pdf)), (FIRM, ""), (FIRM, "😀")]
    ):
        with pytest.raises(ActivationRefused) as caught:
            attempt(code, firm=firm, address=f"10.0.0.{number}")
        sentences.add(caught.value.user_message)
    assert len(sentences) == 1


def test_the_last_day_counts(cast):
    issued = issue(cast)
    code, last = code_in(issued.pdf), issued.letter.expires_on
    with time_machine.travel(dt.datetime(last.year, last.month, last.day, 15, tzinfo=dt.UTC)):
        assert attempt(code) == issued.letter
        assert letter_state(issued.letter) == LETTER_STATES["live"]
    with time_machine.travel(dt.datetime(last.year, last.month, last.day, 17, tzinfo=dt.UTC)):
        with pytest.raises(ActivationRefused):
            attempt(code)
        with pytest.raises(ActivationRefused, match="过期"):
            use_letter(letter=issued.letter, by=make_user())
        assert letter_state(issued.letter) == LETTER_STATES["expired"]
        assert ActivationLetter.objects.counts()["expired"] == 1
        assert ActivationLetter.objects.in_state("expired").get() == issued.letter
        again = issue(cast, replaces=issued.letter.pk)
        assert again.letter.expires_on > last


def test_tries_are_counted_for_the_account_and_the_address(cast):
    issued = issue(cast)
    for _ in range(5):
        with pytest.raises(ActivationRefused, match="不正确"):
            attempt(new_code())
    with pytest.raises(ActivationRefused, match=r"激活失败次数过多，请在 \d+ 分钟后再试"):
        attempt(code_in(issued.pdf))
    assert SignInTrial.objects.filter(kind="letter", account="").get().failures == 5
    assert attempt(code_in(issued.pdf), address="10.0.0.9") == issued.letter


def test_a_right_code_forgets_the_count(cast):
    issued = issue(cast)
    with pytest.raises(ActivationRefused):
        attempt(new_code(), account="boss")
    attempt(code_in(issued.pdf), account="boss")
    assert not SignInTrial.objects.filter(account="boss").exists()


def told(letter):
    return Notice.objects.filter(key__startswith=f"letter:{letter.pk}:tries").order_by("pk")


def miss(number):
    """A wrong code, each from somewhere else."""
    with pytest.raises(ActivationRefused, match="不正确"):
        attempt(new_code(), address=f"10.{number % 200}.{number // 200}.1")


def test_a_stranger_cannot_spoil_a_letter(cast):
    """Eleven wrong tries from anywhere tell the department, and the letter still opens."""
    issued = issue(cast)
    for number in range(11):
        miss(number)
    assert {notice.recipient for notice in told(issued.letter)} == {cast.clerk}
    assert "函仍然有效" in told(issued.letter).get().text
    assert attempt(code_in(issued.pdf), address="10.0.2.1") == issued.letter


def test_too_many_tries_let_the_letter_rest(cast):
    issued = issue(cast)
    code, start = code_in(issued.pdf), timezone.now()
    for rest, failures in ((1, 99), (2, 199)):
        ActivationLetter.objects.update(failures=failures)
        with time_machine.travel(start, tick=False):
            miss(failures)
            assert f"暂停使用 {rest} 小时" in told(issued.letter).last().text
            with pytest.raises(ActivationRefused, match="因多次输错而暂停"):
                attempt(code, address="10.0.2.1")  # the right one is not judged either
            issued.letter.refresh_from_db()
            assert issued.letter.failures == failures + 1
            assert issued.letter.revoked_at is None
        start += dt.timedelta(hours=rest, seconds=1)
    with time_machine.travel(start, tick=False):
        assert attempt(code, address="10.0.2.1") == issued.letter
    assert AuditEvent.objects.filter(action="letter.rests").count() == 2
    # A newer letter begins without a rest.
    again = issue(cast, replaces=issued.letter.pk)
    assert attempt(code_in(again.pdf), address="10.0.2.2") == again.letter


def test_all_the_tries_there_can_be_find_no_code():
    """The bound of docs/adr/0014: every client of the world at once, for as long as a letter lives."""
    tries, clock = 0, dt.timedelta(0)
    while clock <= dt.timedelta(days=security.rules().letter_valid + 1):
        tries += security.rules().letter_tries
        clock += rest_after(tries)
    assert rest_after(tries) == dt.timedelta(hours=24)
    assert rest_after(0) == rest_after(tries - 1) == dt.timedelta(0)
    assert tries <= 3_700
    assert tries / len(ALPHABET) ** 16 < 2**-64


def test_one_line_is_one_client(cast):
    """The addresses of one IPv6 network count together."""
    issued = issue(cast)
    for number in range(5):
        with pytest.raises(ActivationRefused, match="不正确"):
            attempt(new_code(), address=f"2001:db8:1:2::{number}")
    with pytest.raises(ActivationRefused, match="激活失败次数过多"):
        attempt(code_in(issued.pdf), address="2001:db8:1:2:9::9")
    assert attempt(code_in(issued.pdf), address="2001:db8:1:3::1") == issued.letter


def test_use(cast):
    issued, person = issue(cast), make_user()
    membership = use_letter(letter=issued.letter, by=person)
    person = User.objects.get(pk=person.pk)
    assert policy.firm_acts(person, FIRM) == frozenset(FirmAct)
    assert membership.role == Role.ENTERPRISE_HEAD
    issued.letter.refresh_from_db()
    assert issued.letter.used_by == person
    assert letter_state(issued.letter) == LETTER_STATES["used"]
    assert AuditEvent.objects.get(action="letter.used").actor_id == person.pk
    assert (
        Notice.objects.get(recipient=cast.clerk).link == f"/staff/firms/letters/{issued.letter.pk}/"
    )
    with pytest.raises(ActivationRefused, match="已经启用"):
        use_letter(letter=issued.letter, by=make_user("another"))
    with pytest.raises(LetterRefused):
        revoke_letter(letter=issued.letter, reason="迟了", by=cast.clerk)
    assert heads(FIRM) == ["张*"]


def test_the_head_before_loses_the_role_and_is_told(cast):
    old, person = cast.firm_head, make_user()
    firm = make_firm()
    give_role(user=person, role=Role.ENTERPRISE_OPERATOR, entity_code=FIRM, by=None)
    use_letter(letter=issue(cast, firm).letter, by=person)
    assert policy.represents(User.objects.get(pk=old.pk)) == []
    assert RoleMembership.objects.of_firm(FIRM).get().user == person
    assert "负责人权限已终止" in Notice.objects.get(recipient=old).text
    use_letter(letter=issue(cast, firm).letter, by=person)  # the same head again
    assert RoleMembership.objects.of_firm(FIRM).get().user == person


def test_staff_cannot_use_a_letter(cast):
    issued = issue(cast)
    with pytest.raises(ActivationRefused, match="工作人员"):
        use_letter(letter=issued.letter, by=cast.reviewer)
    assert not RoleMembership.objects.of_firm(FIRM).exists()


def test_states_and_visibility(cast):
    issued = issue(cast)
    letters = ActivationLetter.objects
    assert letters.visible_to(cast.head).get() == issued.letter
    for person in (cast.other_clerk, cast.reviewer, cast.firm_head):
        assert not letters.visible_to(person).exists()
    assert letters.in_state("live").count() == 1
    assert not letters.in_state("used").exists()
    revoke_letter(letter=issued.letter, reason="误发", by=cast.clerk)
    issued.letter.refresh_from_db()
    assert letter_state(issued.letter) == LETTER_STATES["revoked"]
    assert letters.in_state("revoked").count() == letters.counts()["revoked"] == 1


def test_masked_facts():
    firm = make_firm()
    firm.address = "安徽省淮南市田家庵区洞山路1号"
    rows = {row["label"]: row["value"] for row in masked_facts(firm)}
    assert rows["统一社会信用代码"] == f"{FIRM[:6]}********{FIRM[-4:]}"
    assert rows["法定代表人"] == "孙*"
    assert rows["住所"] == "安徽省淮南市田家庵…"
    firm.address = ""
    assert masked_facts(firm)[3]["value"] == ""
