"""The security administrator's part of the first page. No page mends it: roles are given at the command line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import SignInTrial, User
from credit_portal.accounts.roles import Permission
from credit_portal.accounts.selectors import failed_sign_ins, role_changes, without_factor
from credit_portal.accounts.selectors.watch import SHOWN, Failure, RoleChange

ROLE_DAYS = 30
FEW = 8  # lines of a table that are not folded
WAYS = {
    SignInTrial.Kind.PASSWORD: "密码错误",
    SignInTrial.Kind.FACTOR: "动态口令错误",
    SignInTrial.Kind.LETTER: "激活码错误",
    None: "来源地址失败过多",
}


@dataclass(frozen=True)
class FailureLine:
    who: str
    account: str
    way: str
    failure: Failure


@dataclass(frozen=True)
class RoleLine:
    change: RoleChange
    place: str
    by: str


def watch(user: User) -> dict[str, Any]:
    """For those who give and take roles; nothing of it shows to anybody else."""
    if not policy.may(user, Permission.ROLE_GRANT):
        return {"watches": False}
    now = timezone.now()
    failed = failed_sign_ins(now)
    changes = role_changes(now - dt.timedelta(days=ROLE_DAYS))
    return {
        "watches": True,
        "failed": failed,
        "failures": [failure_line(failure) for failure in failed.lines],
        "bare": without_factor(timezone.localdate()),
        "role_changes": [role_line(change) for change in changes],
        "role_days": ROLE_DAYS,
        "shown": SHOWN,
        "few": FEW,
        "first": f":{FEW}",
        "rest": f"{FEW}:",
    }


def failure_line(failure: Failure) -> FailureLine:
    person = failure.person
    who = str(person) if person else nobody(failure)
    return FailureLine(who, person.username if person else "", WAYS[failure.kind], failure)


def nobody(failure: Failure) -> str:
    if failure.kind is None:
        return "该地址的全部账号"
    if failure.kind == SignInTrial.Kind.LETTER:
        return "企业激活函"
    return f"{failure.names} 个不存在的账号"


def role_line(change: RoleChange) -> RoleLine:
    membership = change.membership
    place = membership.department.name if membership.department else "全市"
    # Who took a role back stands in the audit trail only.
    by = str(membership.granted_by or "系统命令") if change.given else ""
    return RoleLine(change, place, by)
