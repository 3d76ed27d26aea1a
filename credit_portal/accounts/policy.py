"""Who may do what, where. The only module, with the models, that asks guardian.

A department role stands in a group that holds object permissions on that department; people get
permissions through such groups only. The roles of the committee office and of the administrators reach
every department. Answers are read once for each user object, which lives as long as one request, so a
change of role acts on the next request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from .exceptions import NotAllowed
from .models import Department, DepartmentGroupObjectPermission, User
from .roles import (
    ADMIN_ROLES,
    CITY_ROLES,
    DELEGABLE,
    ENTERPRISE_ROLES,
    INHERITED_BY_PARENT,
    ROLE_PERMISSIONS,
    STAFF_ROLES,
    FirmAct,
    Permission,
    Role,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, Group
    from typing_extensions import TypeIs

    from .querysets import DepartmentQuerySet

    Person = User | AnonymousUser


def may(user: Person, permission: Permission, department: Department | None = None) -> bool:
    """Whether the person holds the permission in this department, or anywhere when none is named."""
    if not counts(user):
        return False
    if permission in _city_permissions(user):
        return True
    if permission == Permission.ENTITY_REPRESENT:
        return department is None and bool(represents(user))
    held = _granted(user).get(permission, frozenset())
    if department is None:
        return bool(held)
    inherits = permission in INHERITED_BY_PARENT and department.parent_id in held
    return department.pk in held or inherits


def may_everywhere(user: Person, permission: Permission) -> bool:
    """Whether a role of the city gives the permission: then it reaches every department."""
    return counts(user) and permission in _city_permissions(user)


def require(user: Person, permission: Permission, department: Department | None = None) -> None:
    if not may(user, permission, department):
        place = f"（{department.name}）" if department else ""
        raise NotAllowed(f"您没有“{permission.label}”的权限{place}。", permission)


def departments_for(user: Person, permission: Permission) -> DepartmentQuerySet:
    """The departments in which the person holds the permission; lazy, fit for a subquery."""
    if not counts(user):
        return Department.objects.none()
    if permission in _city_permissions(user):
        return Department.objects.all()
    held = cast(
        "DepartmentQuerySet",
        get_objects_for_user(
            user,
            f"accounts.{permission.value}",
            Department.objects.all(),
            use_groups=True,
            with_superuser=False,
            accept_global_perms=False,
        ),
    )
    return held.with_subordinates() if permission in INHERITED_BY_PARENT else held


def is_staff_member(user: Person) -> bool:
    return counts(user) and any(m.role in STAFF_ROLES for m in user.open_memberships)


def is_administrator(user: Person) -> bool:
    """One of the three administrators: of the system, of security, of the audit."""
    return counts(user) and any(m.role in ADMIN_ROLES for m in user.open_memberships)


def represents(user: Person) -> list[str]:
    """Codes of the firms for which the person acts."""
    if not counts(user):
        return []
    return sorted(m.entity_code for m in user.open_memberships if m.role in ENTERPRISE_ROLES)


def firm_acts(user: Person, code: str) -> frozenset[FirmAct]:
    """What the person may do for this firm: a head everything, a delegate what the head wrote down."""
    if not counts(user):
        return frozenset()
    found: set[FirmAct] = set()
    for membership in user.open_memberships:
        if membership.role not in ENTERPRISE_ROLES or membership.entity_code != code:
            continue
        if membership.role == Role.ENTERPRISE_HEAD:
            found.update(FirmAct)
        else:
            found |= DELEGABLE.intersection(map(FirmAct, membership.scope)) | {FirmAct.VIEW}
    return frozenset(found)


def require_for_firm(user: Person, act: FirmAct, code: str) -> None:
    if act not in firm_acts(user, code):
        raise NotAllowed(f"您没有为该企业“{act.label}”的授权，请由企业主要负责人办理或授权。")


def allow_group(group: Group, permission: Permission, obj: models.Model) -> None:
    assign_perm(permission.value, group, obj)


def forbid_group(group: Group, permission: Permission, obj: models.Model) -> None:
    remove_perm(permission.value, group, obj)


def group_permissions(group: Group, department: Department) -> frozenset[Permission]:
    rows = DepartmentGroupObjectPermission.objects.filter(group=group, content_object=department)
    return frozenset(
        Permission(name) for name in rows.values_list("permission__codename", flat=True)
    )


def holders(permission: Permission, department: Department) -> models.QuerySet[User]:
    """Active people who hold the permission in this department itself: those to be told."""
    roles = [role for role, held in ROLE_PERMISSIONS.items() if permission in held]
    return User.objects.filter(
        Q(memberships__department=department),
        is_active=True,
        memberships__role__in=roles,
        memberships__ended_at=None,
    ).distinct()


def grantors() -> models.QuerySet[User]:
    """Active people who give and take roles: those to turn to when a permission is missing."""
    return holders_anywhere(Permission.ROLE_GRANT)


def holders_anywhere(permission: Permission) -> models.QuerySet[User]:
    """Active people who hold the permission wherever it may be."""
    return holding(role for role, held in ROLE_PERMISSIONS.items() if permission in held)


def holders_of_the_city(permission: Permission) -> models.QuerySet[User]:
    """Active people who hold the permission in every department: the committee office, administrators."""
    return holding(role for role in CITY_ROLES if permission in ROLE_PERMISSIONS[role])


def holding(roles: Iterable[Role]) -> models.QuerySet[User]:
    return (
        User.objects.filter(
            is_active=True, memberships__role__in=list(roles), memberships__ended_at=None
        )
        .distinct()
        .order_by("pk")
    )


def counts(user: Person) -> TypeIs[User]:
    """A person with an account in use; everybody else holds nothing."""
    return user.is_authenticated and user.is_active


def _city_permissions(user: User) -> frozenset[Permission]:
    cities = [Role(m.role) for m in user.open_memberships if m.role in CITY_ROLES]
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in cities))


def _granted(user: User) -> dict[str, frozenset[int]]:
    """Permission → ids of the departments where a group of the user holds it."""
    memo: dict[str, frozenset[int]] | None = user.__dict__.get("_granted")
    if memo is None:
        memo = {}
        pairs = DepartmentGroupObjectPermission.objects.filter(group__user=user)
        for codename, pk in pairs.values_list("permission__codename", "content_object_id"):
            memo[codename] = memo.get(codename, frozenset()) | {pk}
        user.__dict__["_granted"] = memo
    return memo
