"""Delegates (经办人): the head of a firm lets somebody act for it, for some acts and for some time."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy, security
from credit_portal.accounts import services as accounts
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import DELEGABLE, FirmAct, Role
from credit_portal.accounts.telling import SignInChange
from credit_portal.audit import services as audit
from credit_portal.audit.models import AuditEvent
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.regulations.dates import add_years

from ..exceptions import DelegationRefused
from ..models import MarketEntity
from .representation import appoint_representative

OWN_ACCOUNT = (
    "不能重新生成：该账号已由本人登录过，或者不是由本单位开立的。请本人联系系统管理员重置密码。"
)
PASSWORD_LETTERS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789")


@dataclass(frozen=True)
class Appointed:
    """The delegation, and the first password of an account opened for it (nothing for one that existed)."""

    membership: RoleMembership
    password: str


@transaction.atomic
def appoint_delegate(
    *,
    entity: MarketEntity,
    username: str,
    name: str,
    phone: str,
    scope: Collection[str],
    valid_until: dt.date,
    by: User,
) -> Appointed:
    """Let the person with this username act for the firm; whoever has no account gets one.

    Somebody else's account is taken only when name and telephone fit as well, so that a slip in the username does
    not hand the firm's affairs to a stranger; staff accounts never fit. The refusal does not say what did not fit.
    """
    policy.require_for_firm(by, FirmAct.APPOINT, entity.code)
    acts = _acts(scope)
    check_end(valid_until)
    user = User.objects.filter(username__iexact=username.strip()).first()
    password = ""
    if user is None:
        password = first_password()
        user = accounts.open_firm_account(
            username=username, name=name, phone=phone, password=password, by=by
        )
    elif (
        (user.name, user.phone) != (name.strip(), phone)
        or not user.is_active
        or policy.is_staff_member(user)
    ):
        if FirmAct.VIEW in policy.firm_acts(user, entity.code):
            raise DelegationRefused(
                f"用户名 {user.username} 已经可以为本单位办理，如需调整请修改原授权。"
            )
        raise DelegationRefused(
            "不能使用这个用户名，请与本人核对用户名、姓名和手机号，或换一个用户名。"
        )
    _end_expired(entity, user, by)
    if FirmAct.VIEW in policy.firm_acts(user, entity.code):
        raise DelegationRefused(f"{user.name}已经可以为本单位办理，如需调整请修改原授权。")
    membership = appoint_representative(
        entity=entity, user=user, role=Role.ENTERPRISE_OPERATOR, by=by, checked=True
    )
    _write(membership, acts, valid_until)
    event = _record("delegate.appointed", membership, entity, by)
    _tell(membership, event, f"{by.name}已指定您为{entity.name}的经办人，有效期至 {valid_until}。")
    _tell_heads(membership, event, f"已指定{user.name}为经办人，有效期至 {valid_until}")
    return Appointed(membership, password)


@transaction.atomic
def change_delegate(
    *, membership: RoleMembership, scope: Collection[str], valid_until: dt.date, by: User
) -> RoleMembership:
    """Another scope or another end, counted anew from today."""
    membership, entity = _lock(membership, by)
    acts = _acts(scope)
    check_end(valid_until)
    _write(membership, acts, valid_until)
    event = _record("delegate.changed", membership, entity, by)
    _tell(membership, event, f"{entity.name}已修改您的经办人授权，有效期至 {valid_until}。")
    name = membership.user.name
    _tell_heads(membership, event, f"已修改经办人{name}的授权，有效期至 {valid_until}")
    return membership


@transaction.atomic
def end_delegate(*, membership: RoleMembership, by: User) -> RoleMembership:
    membership, entity = _lock(membership, by)
    membership = accounts.take_role(membership=membership, by=by)
    event = _record("delegate.ended", membership, entity, by)
    _tell(membership, event, f"{entity.name}已结束您的经办人授权。")
    _tell_heads(membership, event, f"已结束经办人{membership.user.name}的授权")
    return membership


@transaction.atomic
def renew_password(*, membership: RoleMembership, by: User) -> Appointed:
    """Another first password for a delegate who has never signed in; the old one is dead.

    Whoever sets a password can enter the account. So it must be one that this firm opened and that has never been
    anybody's: no sign-in, no role in another firm (not even one that is over), no identity of the service portal.
    """
    membership, entity = _lock(membership, by)
    _require_ours(User.objects.select_for_update().get(pk=membership.user_id), entity)
    password = first_password()
    accounts.renew_first_password(user=membership.user, password=password, by=by)
    _record("delegate.password_renewed", membership, entity, by)
    return Appointed(membership, password)


@transaction.atomic
def warn_of_expiring_delegates(today: dt.date | None = None) -> int:
    """Tell the heads about delegations that end within the days of the rule; once for each end."""
    day = today or timezone.localdate()
    until = day + dt.timedelta(days=security.rules().delegate_warning)
    near = RoleMembership.objects.in_force(day).filter(
        role=Role.ENTERPRISE_OPERATOR, valid_until__lte=until
    )
    return sum(_warn(membership) for membership in near.select_related("user"))


def longest_end(today: dt.date | None = None) -> dt.date:
    """The last day to which a delegation given today may run."""
    return add_years(today or timezone.localdate(), security.rules().delegate_longest)


def first_password() -> str:
    """Twelve characters of three kinds, none of which reads like another."""
    return "-".join("".join(secrets.choice(kind) for _ in range(4)) for kind in PASSWORD_LETTERS)


def check_renewable(membership: RoleMembership) -> None:
    """Raise DelegationRefused where the head could not renew the password anyway."""
    entity = MarketEntity.objects.get(code=membership.entity_code)
    _require_ours(membership.user, entity)


def _require_ours(user: User, entity: MarketEntity) -> None:
    if not _is_ours_alone(user, entity):
        raise DelegationRefused(OWN_ACCOUNT)


def _is_ours_alone(user: User, entity: MarketEntity) -> bool:
    if user.last_login is not None or not user.must_change_password or not user.is_active:
        return False
    if user.memberships.exclude(entity_code=entity.code).exists():
        return False
    heads = RoleMembership.objects.filter(entity_code=entity.code, role=Role.ENTERPRISE_HEAD)
    opened = AuditEvent.objects.about(user).filter(action="account.created")
    return (
        opened.filter(actor_id__in=heads.values("user_id")).exists()
        and not SocialAccount.objects.filter(user=user).exists()
    )


def _acts(scope: Collection[str]) -> list[str]:
    acts = [act.value for act in FirmAct if act in DELEGABLE and act.value in scope]
    if not acts or len(acts) != len(set(scope)):
        raise DelegationRefused("请选择经办人可以办理的事项。")
    return acts


def check_end(valid_until: dt.date) -> None:
    """Raise DelegationRefused unless a delegation may end on this day."""
    if valid_until < timezone.localdate():
        raise DelegationRefused("授权截止日不能早于今天。")
    if valid_until > longest_end():
        raise DelegationRefused(
            f"授权最长 {security.rules().delegate_longest} 年，截止日不能晚于 {longest_end()}。"
        )


def _end_expired(entity: MarketEntity, user: User, by: User) -> None:
    """An expired row holds nothing, but stands in the way of a new one."""
    rows = RoleMembership.objects.of_firm(entity.code).filter(
        user=user, role=Role.ENTERPRISE_OPERATOR, valid_until__lt=timezone.localdate()
    )
    for row in rows:
        accounts.take_role(membership=row, by=by, reason="授权到期")


def _lock(membership: RoleMembership, by: User) -> tuple[RoleMembership, MarketEntity]:
    policy.require_for_firm(by, FirmAct.APPOINT, membership.entity_code)
    membership = RoleMembership.objects.select_for_update().get(pk=membership.pk)
    if membership.role != Role.ENTERPRISE_OPERATOR or membership.ended_at:
        raise DelegationRefused("该授权已经结束。")
    return membership, MarketEntity.objects.get(code=membership.entity_code)


def _write(membership: RoleMembership, acts: list[str], valid_until: dt.date) -> None:
    membership.scope, membership.valid_until = acts, valid_until
    membership.save(update_fields=["scope", "valid_until"])


def tell_heads_of_sign_in(change: SignInChange) -> None:
    """Of the firms for which the person is a delegate: whoever got into that account acts for them too."""
    held = RoleMembership.objects.in_force(timezone.localdate()).filter(
        user=change.user, role=Role.ENTERPRISE_OPERATOR
    )
    for membership in held:
        notices.notify(
            recipients=_heads(membership.entity_code),
            key=f"{change.key}:{membership.pk}",
            text=f"经办人{change.user.name}的账号有变动：{change.what}。请向本人核实；并非本人或您操作的，请结束该经办人的授权。",
            link=_list_of(membership),
        )


def _tell(membership: RoleMembership, event: AuditEvent, text: str) -> None:
    notices.notify(
        recipients=[membership.user],
        key=f"delegate:{membership.pk}:{event.pk}",
        text=text,
        link="" if membership.ended_at else reverse("enterprise:home"),
    )


def _tell_heads(membership: RoleMembership, event: AuditEvent, what: str) -> None:
    """Those too who did it themselves: somebody else may have done it in their name."""
    notices.notify(
        recipients=_heads(membership.entity_code),
        key=f"delegate:{membership.pk}:{event.pk}:head",
        text=f"{what}。如非您本人操作，请立即修改密码，并在经办人页面更正。",
        link=_list_of(membership),
    )


def _heads(code: str) -> models.QuerySet[User]:
    rows = RoleMembership.objects.of_firm(code).filter(role=Role.ENTERPRISE_HEAD)
    return User.objects.filter(is_active=True, memberships__in=rows)


def _list_of(membership: RoleMembership) -> str:
    return reverse("enterprise:records:delegate_list", args=[membership.entity_code])


def _warn(membership: RoleMembership) -> int:
    return notices.notify(
        recipients=_heads(membership.entity_code),
        key=f"delegate:{membership.pk}:{membership.valid_until}:soon",
        text=f"经办人{membership.user.name}的授权将于 {membership.valid_until} 到期，到期后立即失效。如需继续请延期。",
        level=Notice.Level.AMBER,
        link=_list_of(membership),
    )


def _record(action: str, membership: RoleMembership, entity: MarketEntity, by: User) -> AuditEvent:
    return audit.record(
        action,
        by=by,
        subject=membership.user,
        label=f"{entity.name} 经办人 {membership.user.name}",
        changes={
            "entity": entity.code,
            "scope": membership.scope,
            "valid_until": str(membership.valid_until),
        },
    )
