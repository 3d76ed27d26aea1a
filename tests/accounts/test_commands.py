"""Commands of operators, and the page of permissions."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import CommandError, call_command

from credit_portal.accounts.models import User
from credit_portal.accounts.permissions_doc import page
from credit_portal.accounts.roles import Role
from tests.factories.accounts import BUREAU, FIRM


@pytest.mark.parametrize(
    ("options", "role", "scope"),
    [
        (["--department", BUREAU.lower(), "--role", "clerk"], Role.CLERK, "淮南市应急管理局"),
        (["--department", BUREAU, "--role", "system_admin"], Role.SYSTEM_ADMIN, ""),
        (["--role", "enterprise_head", "--entity", FIRM], Role.ENTERPRISE_HEAD, ""),
    ],
)
def test_create_user_prints_a_password_to_be_changed(cast, capsys, options, role, scope):
    cast.departments  # noqa: B018

    call_command("create_user", "zhang", "张三", *options)

    user = User.objects.get(username="zhang")
    password = re.search(r"初始密码 (\S+)（", capsys.readouterr().out)[1]
    assert user.check_password(password)
    assert user.must_change_password
    membership = user.memberships.get()
    assert membership.role == role
    assert (membership.department.name if membership.department else "") == scope
    assert str(membership) == f"张三 {role.label}"


def test_create_user_without_a_role(db):
    call_command("create_user", "zhang", "张三")

    assert not User.objects.get().memberships.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--department", "11340400MAE9E8463J"],
            "没有统一社会信用代码为 11340400MAE9E8463J 的部门。",
        ),
        (["--role", "clerk"], "授予“录入员”须指定一个部门。"),
    ],
)
def test_create_user_refuses_whole(db, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("create_user", "zhang", "张三", *options)

    assert not User.objects.exists()


def test_refresh_role_groups(cast, capsys):
    cast.clerk  # noqa: B018

    call_command("refresh_role_groups")

    assert capsys.readouterr().out == "已调整 0 项角色权限。\n"


def test_the_page_of_permissions_is_current(tmp_path, capsys):
    call_command("write_permissions_doc", "--to", str(tmp_path / "permissions.md"))

    written = (tmp_path / "permissions.md").read_text("utf-8")
    kept = (settings.BASE_DIR / "docs/permissions.md").read_text("utf-8")
    assert written == page() == kept, "run ./portal manage write_permissions_doc"


def test_secrets_read_with_an_older_key(cast, settings):
    from credit_portal.accounts.adapters import FactorAdapter

    kept = FactorAdapter().encrypt("secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10

    assert FactorAdapter().decrypt(kept) == "secret"
    assert not Authenticator.objects.exists()
