"""Who becomes head: an account that exists, an identity of the service portal, or somebody new."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from credit_portal.accounts import services as accounts
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.service_portal import Identity

from ..exceptions import ActivationRefused
from ..models import ActivationLetter, MarketEntity
from .letters import become_head, use_letter

OTHER_HEAD = "该企业在本平台已有主要负责人账号。如已更换负责人，请向监管部门申请激活函，凭函启用。"


@dataclass(frozen=True)
class Newcomer:
    """`user` when signed in; else an account is opened, without a password for an identity."""

    user: User | None
    identity: Identity | None
    username: str = ""
    name: str = ""
    phone: str = ""
    password: str | None = None


@transaction.atomic
def activate(*, letter: ActivationLetter, newcomer: Newcomer) -> User:
    """The letter, the account and the role stand together or not at all."""
    user = _account(newcomer)
    use_letter(letter=letter, by=user)
    return user


@transaction.atomic
def bind_vouched(*, entity: MarketEntity, newcomer: Newcomer) -> User:
    """On the word of the service portal alone, and only while the firm has no other head here."""
    identity = newcomer.identity
    if identity is None or not identity.is_head or identity.firm_code != entity.code:
        raise ActivationRefused("没有取得您与企业的关系，请凭激活函启用账号。")
    entity = MarketEntity.objects.select_for_update().get(pk=entity.pk)
    user = _account(newcomer)
    others = RoleMembership.objects.of_firm(entity.code).filter(role=Role.ENTERPRISE_HEAD)
    if others.exclude(user=user).exists():
        raise ActivationRefused(OTHER_HEAD)
    become_head(entity=entity, user=user, reason="政务服务网法定代表人身份")
    return user


def _account(newcomer: Newcomer) -> User:
    identity = newcomer.identity
    user = newcomer.user or accounts.open_firm_account(
        username=newcomer.username if identity is None else f"zwfw_{secrets.token_hex(5)}",
        name=newcomer.name,
        phone=newcomer.phone,
        password=newcomer.password if identity is None else None,
        by=None,
    )
    if identity is not None:
        accounts.link_identity(user=user, provider=identity.provider, uid=identity.uid)
    return user
