"""Whoever's sign-in was changed hears of it, so that a stolen account is noticed."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY

from credit_portal.accounts import telling
from credit_portal.accounts.services import (
    change_own_password,
    change_own_phone,
    enrol_totp,
    link_identity,
    reset_sign_in,
)
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from tests.accounts.door import code_for
from tests.pages import PageClient

pytestmark = pytest.mark.django_db
NEW = "Kettle-Moss-42-Lamp"


def told(user) -> list[str]:
    rows = Notice.objects.filter(recipient=user).order_by("pk")
    assert {row.link for row in rows} <= {"/sign-in/account/"}
    return [row.text for row in rows]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cast, user: change_own_password(user=user, password=NEW), "登录密码已修改"),
        (lambda cast, user: change_own_phone(user=user, phone="13855400001"), "尾号 0001"),
        (lambda cast, user: enrol_totp(user=user, by=None), "动态口令已启用"),
        (
            lambda cast, user: link_identity(user=user, provider="service_portal", uid="7"),
            "已绑定政务服务网身份",
        ),
        (
            lambda cast, user: reset_sign_in(
                user=user, password=NEW, by=cast.sysadmin, reason="忘"
            ),
            "登录方式已由系统管理员重置",
        ),
    ],
)
def test_the_person_is_told(cast, change, words):
    change(cast, cast.firm_head)
    (said,) = told(cast.firm_head)
    assert said.startswith("账号安全提示：")
    assert words in said
    assert "如非您本人操作" in said
    assert not Notice.objects.exclude(recipient=cast.firm_head).exists()


def test_an_identity_that_was_bound_before_or_opened_the_account_is_no_news(cast):
    for _ in range(2):
        link_identity(user=cast.firm_head, provider="service_portal", uid="7")
    assert len(told(cast.firm_head)) == 1
    cast.firm_operator.set_unusable_password()
    link_identity(user=cast.firm_operator, provider="service_portal", uid="8")
    assert told(cast.firm_operator) == []


def test_the_second_factor_of_ones_own(cast, sign_in, django_capture_on_commit_callbacks):
    """Set up on the pages of allauth, and its backup codes made anew: in the trail and among the notices."""
    client = sign_in(PageClient(), cast.firm_head)
    assert client.get("/sign-in/code/setup/").status_code == 200
    secret = client.session[SECRET_SESSION_KEY]
    code = code_for(secret)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/sign-in/code/setup/", {"code": code}).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/sign-in/backup/new/").status_code == 302
    said = told(cast.firm_head)
    assert ["动态口令已启用" in said[0], "备用码已重新生成" in said[1], len(said)] == [
        True,
        True,
        2,
    ]
    for action in ("account.factor_added", "account.codes_renewed"):
        event = AuditEvent.objects.get(action=action)
        assert event.actor_id == cast.firm_head.pk


def test_a_teller_is_asked_once(monkeypatch):
    monkeypatch.setattr(telling, "_tellers", [])
    for _ in range(2):
        telling.register_teller(print)
    assert telling._tellers == [print]
