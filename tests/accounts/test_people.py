"""Opening and closing accounts."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from credit_portal.accounts.adapters import AccountAdapter
from credit_portal.accounts.exceptions import AccountRefused, NotAllowed
from credit_portal.accounts.models import SignInTrial, User
from credit_portal.accounts.services import (
    create_user,
    disable_user,
    enable_user,
    enrol_totp,
    reset_sign_in,
)
from credit_portal.audit.models import AuditEvent
from tests.factories.accounts import PASSWORD, make_user

NEW = "Grey-Anvil-77-Fern"


def test_create_user_opens_an_account_without_rights(cast):
    user = create_user(
        username=" zhang ", name="张三", department=cast.bureau, password=PASSWORD, by=cast.sysadmin
    )

    assert (user.username, str(user), user.get_full_name(), user.get_short_name()) == (
        "zhang",
        "张三",
        "张三",
        "张三",
    )
    assert user.must_change_password
    assert not user.memberships.exists()
    assert user.check_password(PASSWORD)
    event = AuditEvent.objects.first()
    assert (event.action, event.actor_name, event.actor_role) == (
        "account.created",
        "林涛",
        "系统管理员",
    )
    assert PASSWORD not in str(event.changes)


def test_create_user_by_the_operator_keeps_the_password(cast):
    assert not make_user().must_change_password
    assert make_user("second", must_change_password=True).must_change_password


@pytest.mark.parametrize("who", ["clerk", "secadmin", "auditor", "firm_head"])
def test_only_a_system_administrator_opens_accounts(cast, who):
    by = getattr(cast, who)
    before = User.objects.count()

    with pytest.raises(NotAllowed):
        make_user(by=by)

    assert User.objects.count() == before


def test_a_taken_name_is_refused(cast):
    with pytest.raises(AccountRefused, match="clerk 已被使用"):
        make_user(cast.clerk.username)


@pytest.mark.parametrize(
    "facts", [{"username": "a b"}, {"username": ""}, {"name": ""}, {"name": "长" * 51}]
)
def test_names_are_checked(db, facts):
    with pytest.raises(AccountRefused):
        make_user(**{"username": "someone"} | facts)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Short-1", "密码至少 12 个字符。"),
        ("x" * 60 + "Y1-" * 30, "密码最多 128 个字符。"),
        ("alllowercaseletters", "密码须包含大写字母、小写字母、数字、符号四类中的 3 类。"),
        ("Huainan-2026-go", "密码不能包含“huainan”这类容易猜到的词。"),
        ("我们应急Aa1-xxxxx", "密码不能包含“应急”这类容易猜到的词。"),
        ("ＨＵＡＩＮＡＮ-2026-go", "密码不能包含“huainan”这类容易猜到的词。"),
        ("Zhangsan-2026-x", "密码不能包含“zhangsan”这类容易猜到的词。"),
        ("password1234", "密码不能是常见密码。"),
        ("11340400MAMJ1E6E06-a", "密码不能包含“11340400mamj1e6e06”这类容易猜到的词。"),
    ],
)
def test_weak_passwords_are_refused(cast, password, sentence):
    with pytest.raises(AccountRefused) as refusal:
        make_user("zhangsan", password=password, department=cast.bureau)

    assert sentence in refusal.value.user_message
    assert not User.objects.filter(username="zhangsan").exists()


def test_passwords_of_any_script_are_taken_as_they_are(db):
    password = "ünïcode 空格 也行 Aa1！" + "x" * 20

    assert make_user(password=password).check_password(password)


def test_people_of_firms_may_use_shorter_passwords(cast):
    reset_sign_in(user=cast.firm_head, password="Kettle-9", by=cast.sysadmin, reason="忘记密码")
    with pytest.raises(AccountRefused, match="至少 12 个字符"):
        reset_sign_in(user=cast.clerk, password="Kettle-9", by=cast.sysadmin, reason="忘记密码")

    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(PASSWORD)


def test_disable_and_enable(cast):
    closed = disable_user(user=cast.clerk, by=cast.sysadmin, reason="调离")

    assert not closed.is_active
    assert closed.session_epoch == 1
    event = AuditEvent.objects.first()
    assert (event.action, event.reason) == ("account.disabled", "调离")
    with pytest.raises(AccountRefused, match="已经停用"):
        disable_user(user=cast.clerk, by=cast.sysadmin, reason="")

    opened = enable_user(user=cast.clerk, by=cast.sysadmin, reason="调回")

    assert opened.is_active
    with pytest.raises(AccountRefused, match="未停用"):
        enable_user(user=cast.clerk, by=cast.sysadmin, reason="")


def test_nobody_disables_oneself_or_without_the_right(cast):
    with pytest.raises(AccountRefused, match="本人"):
        disable_user(user=cast.sysadmin, by=cast.sysadmin, reason="")
    with pytest.raises(NotAllowed):
        disable_user(user=cast.clerk, by=cast.head, reason="")

    assert User.objects.filter(is_active=False).count() == 0


def test_reset_sign_in_takes_the_lost_factor_away(cast):
    enrol_totp(user=cast.clerk, by=None)

    user = reset_sign_in(user=cast.clerk, password=NEW, by=cast.sysadmin, reason="手机丢失")

    assert user.check_password(NEW)
    assert user.must_change_password
    assert user.session_epoch == 1
    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEvent.objects.first().action == "account.sign_in_reset"


def test_an_account_without_name_goes_by_its_username(db):
    assert str(User(username="x")) == "x"


def test_local_words_need_nobody(db):
    with pytest.raises(ValidationError, match="huainan"):
        validate_password("Huainan-2026-go")


def test_nobody_signs_up_and_addresses_are_ours(rf):
    request = rf.get("/", headers={"x-forwarded-for": "10.0.0.1"})

    assert not AccountAdapter(request).is_open_for_signup(request)
    assert AccountAdapter(request).get_client_ip(request) == "127.0.0.1"
    assert str(SignInTrial(account="clerk", address="127.0.0.1")) == "clerk 127.0.0.1"
