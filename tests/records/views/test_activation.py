"""The pages on which an account of a firm comes to be."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest

from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.service_portal import SESSION_KEY, Identity
from records.exceptions import ActivationRefused
from records.models import ActivationLetter
from records.services import revoke_letter
from records.services.activation import Newcomer, bind_vouched
from tests.factories.accounts import FIRM, PASSWORD, make_user
from tests.factories.publicity import make_firm
from tests.records.test_letters import code_in, issue

pytestmark = pytest.mark.django_db
START, CONFIRM, IDENTITY = (f"/sign-in/activate/{page}" for page in ("", "firm/", "identity/"))
NEW = {
    "name": "高鹏",
    "phone": "138 0000 0000",
    "username": "boss",
    "password1": "Moss-Kettle-9",
    "password2": "Moss-Kettle-9",
}


@pytest.fixture
def letter(cast):
    issued = issue(cast)
    issued.letter.code = code_in(issued.pdf)
    return issued.letter


def type_code(client, letter, firm=FIRM):
    return client.post(START, {"firm_code": firm, "code": letter.code})


def whoami(client) -> str:
    request = HttpRequest()
    request.session = client.session
    return get_user(request).get_username()


def text(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_new_head_registers(letter, page_client):
    assert FIRM in text(page_client.get(f"{START}?firm={FIRM}"))
    assert type_code(page_client, letter, f" {FIRM.lower()} ")["Location"] == CONFIRM
    page = text(page_client.get(CONFIRM))
    assert letter.entity.name in page
    assert FIRM not in page
    answer = page_client.post(CONFIRM, NEW)
    assert answer["Location"] == "/enterprise/"
    user = User.objects.get(username="boss")
    assert (user.name, user.phone, user.must_change_password) == ("高鹏", "13800000000", False)
    assert whoami(page_client) == "boss"
    assert "主要负责人" in text(page_client.get("/enterprise/"))
    assert RoleMembership.objects.get(user=user).role == Role.ENTERPRISE_HEAD
    letter.refresh_from_db()
    assert letter.used_by == user
    assert page_client.get(CONFIRM)["Location"] == START
    page_client.post("/sign-in/out/")
    page_client.post("/sign-in/", {"login": "boss", "password": NEW["password1"]})
    assert whoami(page_client) == "boss"


def test_an_account_that_exists_is_bound(letter, page_client):
    make_user("boss", name="高鹏")
    type_code(page_client, letter)
    assert f"/sign-in/?next={CONFIRM}" in text(page_client.get(CONFIRM))
    page_client.post("/sign-in/", {"login": "boss", "password": PASSWORD, "next": CONFIRM})
    page = text(page_client.get(CONFIRM))
    assert "高鹏（boss）" in page
    assert page_client.post(CONFIRM)["Location"] == "/enterprise/"
    assert RoleMembership.objects.of_firm(FIRM).get().user.username == "boss"
    assert User.objects.filter(username="boss").count() == 1


def test_wrong_codes_are_sentences(letter, page_client):
    for body, words in (
        ({}, "请填写激活码"),
        ({"firm_code": FIRM, "code": "AAAA"}, "激活码不正确"),
        ({"firm_code": "913", "code": "A"}, "少 15 位"),
        ({"firm_code": FIRM, "code": "💥" * 20}, "激活码不正确"),
        ({"firm_code": FIRM, "code": "A" * 41}, "40"),
    ):
        assert words in text(page_client.post(START, body)), body
    assert page_client.get(CONFIRM)["Location"] == START
    assert page_client.post(CONFIRM, NEW)["Location"] == START
    assert not User.objects.filter(username="boss").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "12345"}, "手机号应为 11 位"),
        ({"password2": "other"}, "两次输入的密码不一致"),
        ({"password1": "short", "password2": "short"}, "密码至少 8 个字符"),
        ({"password1": "Boss-kettle-9", "password2": "Boss-kettle-9"}, "容易猜到"),
        ({"username": "ab"}, "用户名至少 4 个字符"),
        ({"username": "clerk"}, "已被使用"),
        ({"username": "a b c d"}, "用户名"),
        ({"name": ""}, "请填写姓名"),
    ],
)
def test_a_form_that_is_not_sound_loses_nothing(letter, page_client, cast, changes, words):
    type_code(page_client, letter)
    page = text(page_client.post(CONFIRM, NEW | changes))
    assert words in page
    assert 'value="高鹏"' in page or changes.get("name") == ""
    letter.refresh_from_db()
    assert letter.used_at is None
    assert not RoleMembership.objects.of_firm(FIRM).exists()
    assert page_client.post(CONFIRM, NEW)["Location"] == "/enterprise/"


@pytest.mark.parametrize("name", ["clerk", "admin", "a b c d"])
def test_a_user_name_that_cannot_be_had_is_marked_at_its_box(letter, page_client, cast, name):
    type_code(page_client, letter)
    form = page_client.post(CONFIRM, NEW | {"username": name}).context["form"]
    assert [*form.errors] == ["username"]
    assert not form.non_field_errors()


def test_staff_are_told_to_use_another_account(letter, page_client, cast, sign_in):
    sign_in(page_client, cast.reviewer)
    assert "不能绑定企业" in text(page_client.get(START))
    type_code(page_client, letter)
    assert "不能绑定企业" in text(page_client.get(CONFIRM))
    assert "不能绑定企业" in text(page_client.post(CONFIRM))
    assert not RoleMembership.objects.of_firm(FIRM).exists()


def test_what_was_proven_is_forgotten(letter, page_client, cast):
    type_code(page_client, letter)
    session = page_client.session
    session["activation_letter"] = {"letter": letter.pk, "at": time.time() - 31 * 60}
    session.save()
    assert page_client.get(CONFIRM)["Location"] == START
    type_code(page_client, letter)
    revoke_letter(letter=letter, reason="误发", by=cast.clerk)
    assert page_client.post(CONFIRM, NEW)["Location"] == START
    assert ActivationLetter.objects.get().used_at is None


def identity(client, **changes):
    session = client.session
    session[SESSION_KEY] = {
        "provider": "service_portal",
        "uid": "7",
        "name": "高鹏",
        "firm_code": FIRM,
        "is_head": False,
        "at": time.time(),
    } | changes
    session.save()


def test_an_identity_and_a_letter_together(letter, page_client):
    identity(page_client)
    assert page_client.get(IDENTITY)["Location"] == START
    type_code(page_client, letter)
    page = text(page_client.get(CONFIRM))
    assert 'value="高鹏"' in page
    assert "密码" not in page.split("</header>")[1]
    assert page_client.post(CONFIRM, {"name": "高鹏", "phone": "13800000000"}).status_code == 302
    user = RoleMembership.objects.of_firm(FIRM).get().user
    assert user.socialaccount_set.get().uid == "7"
    assert not user.has_usable_password()


def test_an_identity_that_waited_too_long(page_client):
    make_firm()
    identity(page_client, is_head=True, at=time.time() - 31 * 60)
    assert page_client.get(IDENTITY)["Location"] == START
    assert "登录信息已过期，请重新用政务服务网登录" in text(page_client.get(START))


def test_an_identity_of_a_firm_nobody_knows(page_client):
    identity(page_client, is_head=True)
    assert page_client.get(IDENTITY)["Location"] == START
    page = text(page_client.get(START))
    assert f"没有查到您的企业（{FIRM}）" in page
    assert "申领" in page  # and whom to call


def test_staff_signed_in_with_an_identity_waiting(page_client, cast, sign_in):
    make_firm()
    sign_in(page_client, cast.reviewer)
    identity(page_client, is_head=True)
    page = text(page_client.post(IDENTITY))
    assert "工作人员" in page
    assert not RoleMembership.objects.of_firm(FIRM).exists()


def test_bind_vouched_asks_for_the_word(cast):
    firm = make_firm()
    with pytest.raises(ActivationRefused, match="凭激活函"):
        bind_vouched(entity=firm, newcomer=Newcomer(user=make_user(), identity=None))


def test_bind_vouched_never_makes_a_head_of_staff(cast):
    firm = make_firm()
    identity = Identity("portal", "u-1", "王静", firm.code, is_head=True, at=time.time())
    with pytest.raises(AccountRefused, match="工作人员账号不能绑定"):
        bind_vouched(entity=firm, newcomer=Newcomer(user=cast.clerk, identity=identity))
