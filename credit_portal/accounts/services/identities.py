"""Identities of the service portal and the accounts they open."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import User
from credit_portal.accounts.telling import sign_in_changed
from credit_portal.audit.services import record


@transaction.atomic
def link_identity(*, user: User, provider: str, uid: str) -> SocialAccount:
    """Let this identity enter this account. Never an account of staff, and never a second account."""
    if policy.is_staff_member(user) or user.department_id is not None:
        raise AccountRefused("工作人员账号不能绑定政务服务网身份。")
    account, made = SocialAccount.objects.get_or_create(
        provider=provider, uid=uid, defaults={"user": user}
    )
    if account.user_id != user.pk:
        raise AccountRefused("该政务服务网身份已绑定其他账号。")
    if made:
        event = record(
            "account.identity_linked", by=user, subject=user, changes={"provider": provider}
        )
        if user.has_usable_password():  # else the account was opened by it: no news to anybody
            sign_in_changed(user, "已绑定政务服务网身份，可以用它登录", event)
    return account
