"""Giving and taking back roles."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed, RoleRefused
from credit_portal.accounts.models import DepartmentGroupObjectPermission, RoleMembership
from credit_portal.accounts.roles import (
    ADMIN_ROLES,
    DEPARTMENT_ROLES,
    ROLE_PERMISSIONS,
    STAFF_ROLES,
    Permission,
    Role,
)
from credit_portal.accounts.services import end_role, grant_role, refresh_role_groups
from credit_portal.audit.models import AuditEvent
from tests.factories.accounts import BUREAU, FIRM, make_user


def nothing_granted(person):
    return not person.memberships.exists() and not person.groups.exists()


def test_grant_puts_the_person_into_the_group_of_the_role(cast):
    person = make_user()

    membership = grant_role(user=person, role=Role.CLERK, department=cast.bureau, by=cast.secadmin)

    assert membership.group.name == f"department:{BUREAU}:clerk"
    assert list(person.groups.all()) == [membership.group]
    assert policy.group_permissions(membership.group, cast.bureau) == ROLE_PERMISSIONS[Role.CLERK]
    assert membership.granted_by == cast.secadmin
    event = AuditEvent.objects.first()
    assert (event.action, event.actor_name, event.department_code) == (
        "role.granted",
        "马超",
        BUREAU,
    )
    assert event.changes == {"role": "clerk", "entity_code": ""}


def test_granting_twice_is_granting_once(cast):
    again = grant_role(user=cast.clerk, role=Role.CLERK, department=cast.bureau, by=cast.secadmin)

    assert list(cast.clerk.memberships.all()) == [again]


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.COMMITTEE_HEAD, "city:committee_head"),
        (Role.ENTERPRISE_OPERATOR, f"entity:{FIRM}:enterprise_operator"),
    ],
)
def test_groups_of_roles_without_department(cast, role, name):
    code = FIRM if role == Role.ENTERPRISE_OPERATOR else ""

    assert grant_role(user=make_user(), role=role, entity_code=code, by=None).group.name == name


@pytest.mark.parametrize(
    ("role", "department", "entity_code", "sentence"),
    [
        (Role.CLERK, False, "", "授予“录入员”须指定一个部门。"),
        (Role.CLERK, True, FIRM, "授予“录入员”须指定一个部门。"),
        (Role.SYSTEM_ADMIN, True, "", "“系统管理员”面向全市，不能指定部门或企业。"),
        (Role.AUDIT_ADMIN, False, FIRM, "“审计管理员”面向全市，不能指定部门或企业。"),
        (Role.ENTERPRISE_HEAD, False, "", "授予“企业主要负责人”须指定一家企业。"),
        (Role.ENTERPRISE_HEAD, True, FIRM, "授予“企业主要负责人”须指定一家企业。"),
    ],
)
def test_a_role_has_its_scope(cast, role, department, entity_code, sentence):
    person = make_user()

    with pytest.raises(RoleRefused) as refusal:
        grant_role(
            user=person,
            role=role,
            department=cast.bureau if department else None,
            entity_code=entity_code,
            by=cast.secadmin,
        )

    assert refusal.value.user_message == sentence
    assert nothing_granted(person)


def test_no_roles_in_a_closed_department(cast):
    cast.housing.is_active = False
    cast.housing.save()
    person = make_user()

    with pytest.raises(RoleRefused, match="淮南市住房和城乡建设局已停用"):
        grant_role(user=person, role=Role.CLERK, department=cast.housing, by=None)

    assert nothing_granted(person)


@pytest.mark.parametrize("who", ["clerk", "sysadmin", "auditor", "officer", "firm_head"])
def test_only_a_security_administrator_grants(cast, who):
    person = make_user()

    with pytest.raises(NotAllowed):
        grant_role(user=person, role=Role.CLERK, department=cast.bureau, by=getattr(cast, who))

    assert nothing_granted(person)


def test_nobody_grants_or_ends_for_oneself(cast):
    membership = cast.secadmin.memberships.get()

    with pytest.raises(RoleRefused, match="本人"):
        grant_role(user=cast.secadmin, role=Role.CLERK, department=cast.bureau, by=cast.secadmin)
    with pytest.raises(RoleRefused, match="本人"):
        end_role(membership=membership, by=cast.secadmin)

    membership.refresh_from_db()
    assert membership.ended_at is None
    assert cast.secadmin.memberships.count() == 1


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("clerk", Role.SYSTEM_ADMIN),
        ("sysadmin", Role.CLERK),
        ("sysadmin", Role.AUDIT_ADMIN),
        ("auditor", Role.COMMITTEE_OFFICER),
        ("firm_head", Role.AUDIT_ADMIN),
    ],
)
def test_administrators_hold_one_role(cast, who, role):
    person = getattr(cast, who)
    department = cast.bureau if role in DEPARTMENT_ROLES else None

    with pytest.raises(RoleRefused, match="管理员角色不得与其他角色兼任"):
        grant_role(user=person, role=role, department=department, by=cast.secadmin)

    assert person.memberships.count() == 1


@pytest.mark.parametrize("first", ["clerk", "sysadmin"])
def test_the_database_keeps_administrators_alone(cast, first):
    """Also against a shell or an import that goes round the service."""
    held = getattr(cast, first).memberships.get()
    second = Role.AUDIT_ADMIN if first == "clerk" else Role.COMMITTEE_OFFICER

    with pytest.raises(IntegrityError, match="administrator"), transaction.atomic():
        RoleMembership.objects.create(user=held.user, role=second, group=held.group)

    assert held.user.memberships.count() == 1


def test_the_database_lets_an_ended_role_rest(cast):
    held = cast.clerk.memberships.get()
    end_role(membership=held, by=None)

    grant_role(user=cast.clerk, role=Role.AUDIT_ADMIN, by=None)
    held.refresh_from_db()
    held.save()  # ended: the trigger has nothing to say

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleMembership.objects.filter(pk=held.pk).update(ended_at=None)


def test_end_role_keeps_row_and_group(cast):
    membership = cast.clerk.memberships.get()

    ended = end_role(membership=membership, by=cast.secadmin)

    assert ended.ended_at is not None
    assert not cast.clerk.groups.exists()
    assert Group.objects.filter(pk=membership.group_id).exists()
    assert AuditEvent.objects.first().action == "role.ended"


def test_end_role_once(cast):
    membership = cast.clerk.memberships.get()
    end_role(membership=membership, by=cast.secadmin)

    with pytest.raises(RoleRefused, match="已经收回"):
        end_role(membership=membership, by=cast.secadmin)


def test_a_role_can_be_given_again(cast):
    first = end_role(membership=cast.clerk.memberships.get(), by=None)

    second = grant_role(user=cast.clerk, role=Role.CLERK, department=cast.bureau, by=None)

    assert second.pk != first.pk
    assert second.group == first.group


def test_two_roles_in_two_departments(cast):
    grant_role(user=cast.clerk, role=Role.REVIEWER, department=cast.housing, by=None)

    assert cast.clerk.role_names == "录入员、审核员"
    assert policy.may(cast.clerk, Permission.DECISION_REVIEW, cast.housing)
    assert not policy.may(cast.clerk, Permission.DECISION_REVIEW, cast.bureau)


def test_refresh_role_groups_follows_the_table(cast):
    group = cast.clerk.memberships.get().group
    DepartmentGroupObjectPermission.objects.filter(
        group=group, permission__codename="decision_edit"
    ).delete()
    policy.allow_group(group, Permission.AUDIT_READ, cast.bureau)

    assert refresh_role_groups() == 2
    assert refresh_role_groups() == 0
    assert policy.group_permissions(group, cast.bureau) == ROLE_PERMISSIONS[Role.CLERK]


def test_the_table_of_roles_is_whole():
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert Role.API_CLIENT not in STAFF_ROLES
    assert ADMIN_ROLES <= STAFF_ROLES
    assert {p for held in ROLE_PERMISSIONS.values() for p in held} == set(Permission)
