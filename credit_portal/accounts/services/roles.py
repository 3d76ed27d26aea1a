"""Giving and taking back roles. `by=None` is the operator at the command line."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import RoleRefused
from credit_portal.accounts.models import Department, RoleMembership, User
from credit_portal.accounts.roles import (
    ADMIN_ROLES,
    CITY_ROLES,
    ENTERPRISE_ROLES,
    ROLE_PERMISSIONS,
    Permission,
    Role,
)
from credit_portal.audit.services import record


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    department: Department | None = None,
    entity_code: str = "",
    by: User | None,
) -> RoleMembership:
    """Give a role; one that is already held is answered as it stands."""
    _require_granter(user, by)
    return give_role(user=user, role=role, department=department, entity_code=entity_code, by=by)


@transaction.atomic
def give_role(
    *,
    user: User,
    role: Role,
    department: Department | None = None,
    entity_code: str = "",
    by: User | None,
) -> RoleMembership:
    """Write the role down. For services that have judged by their own rules who may give it."""
    role = Role(role)
    _check_scope(role, department, entity_code)
    User.objects.select_for_update().get(pk=user.pk)
    open_roles = user.memberships.filter(ended_at=None)
    held = open_roles.filter(role=role, department=department, entity_code=entity_code).first()
    if held is not None:
        return held
    _check_exclusive(role, [Role(m.role) for m in open_roles])

    group = _role_group(role, department, entity_code)
    membership = RoleMembership.objects.create(
        user=user,
        role=role,
        department=department,
        entity_code=entity_code,
        group=group,
        granted_by=by,
    )
    user.groups.add(group)
    user.forget_roles()
    _record("role.granted", membership, by)
    return membership


@transaction.atomic
def end_role(*, membership: RoleMembership, by: User | None) -> RoleMembership:
    """Take a role back. The row stays as history, and the group stays for those who come after."""
    _require_granter(membership.user, by)
    return take_role(membership=membership, by=by)


@transaction.atomic
def take_role(*, membership: RoleMembership, by: User | None, reason: str = "") -> RoleMembership:
    """Write the end down. For services that have judged by their own rules who may end it."""
    membership = RoleMembership.objects.select_for_update().get(pk=membership.pk)
    if membership.ended_at is not None:
        raise RoleRefused("该角色已经收回。")
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    membership.user.groups.remove(membership.group)
    _record("role.ended", membership, by, reason)
    return membership


@transaction.atomic
def refresh_role_groups() -> int:
    """Give every role group exactly the permissions of the table; run after an upgrade that changed it."""
    changed = 0
    rows = RoleMembership.objects.exclude(department=None).order_by("group_id")
    for membership in rows.select_related("group", "department").distinct("group_id"):
        department = cast(Department, membership.department)
        changed += _set_permissions(membership.group, Role(membership.role), department)
    return changed


def _require_granter(user: User, by: User | None) -> None:
    if by is None:
        return
    policy.require(by, Permission.ROLE_GRANT)
    if by.pk == user.pk:
        raise RoleRefused("不能为本人授予或收回角色。")


def _check_scope(role: Role, department: Department | None, entity_code: str) -> None:
    if role in CITY_ROLES:
        if department is not None or entity_code:
            raise RoleRefused(f"“{role.label}”面向全市，不能指定部门或企业。")
    elif role in ENTERPRISE_ROLES:
        if department is not None or not entity_code:
            raise RoleRefused(f"授予“{role.label}”须指定一家企业。")
    elif department is None or entity_code:
        raise RoleRefused(f"授予“{role.label}”须指定一个部门。")
    if department is not None and not department.is_active:
        raise RoleRefused(f"{department.name}已停用，不能授予角色。")


def _check_exclusive(role: Role, held: list[Role]) -> None:
    """Administrators hold one role and no business (the database refuses it as well)."""
    if held and (role in ADMIN_ROLES or ADMIN_ROLES.intersection(held)):
        labels = "、".join(one.label for one in held)
        raise RoleRefused(
            f"该用户已是{labels}，不能再授予“{role.label}”：管理员角色不得与其他角色兼任。"
        )


def _role_group(role: Role, department: Department | None, entity_code: str) -> Group:
    if department is not None:
        group, _ = Group.objects.get_or_create(name=f"department:{department.uscc}:{role}")
        _set_permissions(group, role, department)
    else:
        scope = f"entity:{entity_code}" if entity_code else "city"
        group, _ = Group.objects.get_or_create(name=f"{scope}:{role}")
    return group


def _set_permissions(group: Group, role: Role, department: Department) -> int:
    due = ROLE_PERMISSIONS[role]
    held = policy.group_permissions(group, department)
    for permission in due - held:
        policy.allow_group(group, permission, department)
    for permission in held - due:
        policy.forbid_group(group, permission, department)
    return len(due ^ held)


def _record(action: str, membership: RoleMembership, by: User | None, reason: str = "") -> None:
    department = membership.department
    record(
        action,
        by=by,
        subject=membership.user,
        department_code=department.uscc if department else "",
        reason=reason,
        changes={"role": membership.role, "entity_code": membership.entity_code},
    )
