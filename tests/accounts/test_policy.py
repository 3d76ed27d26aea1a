"""Who may do what, where."""

import pytest
from django.contrib.auth.models import AnonymousUser

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import DepartmentUserObjectPermission, User
from credit_portal.accounts.roles import Permission, Role
from credit_portal.accounts.services import end_role, grant_role
from tests.factories.accounts import FIRM, make_user

P = Permission


@pytest.mark.parametrize(
    ("who", "permission", "where", "allowed"),
    [
        ("clerk", P.DECISION_EDIT, "bureau", True),
        ("clerk", P.DECISION_EDIT, None, True),
        ("clerk", P.DECISION_EDIT, "housing", False),
        ("clerk", P.DECISION_EDIT, "county", False),
        ("clerk", P.DECISION_VIEW, "county", True),
        ("clerk", P.DECISION_VIEW, "housing", False),
        ("clerk", P.DECISION_REVIEW, "bureau", False),
        ("county_clerk", P.DECISION_VIEW, "bureau", False),
        ("officer", P.DECISION_VIEW, "housing", True),
        ("officer", P.DECISION_EDIT, "housing", False),
        ("sysadmin", P.RATES_VIEW, "bureau", True),
        ("sysadmin", P.DECISION_VIEW, "bureau", False),
        ("auditor", P.AUDIT_READ, None, True),
        ("firm_head", P.ENTITY_REPRESENT, None, True),
        ("firm_head", P.ENTITY_REPRESENT, "bureau", False),
        ("firm_head", P.DECISION_VIEW, None, False),
        ("clerk", P.ENTITY_REPRESENT, None, False),
        ("visitor", P.DECISION_VIEW, None, False),
    ],
)
def test_may(cast, who, permission, where, allowed):
    department = getattr(cast, where) if where else None

    assert policy.may(getattr(cast, who), permission, department) is allowed


@pytest.mark.parametrize(
    ("who", "permission", "allowed"),
    [
        ("officer", P.DECISION_VIEW, True),
        ("officer", P.DECISION_EDIT, False),
        ("clerk", P.DECISION_VIEW, False),
        ("visitor", P.DECISION_VIEW, False),
    ],
)
def test_may_everywhere(cast, who, permission, allowed):
    assert policy.may_everywhere(getattr(cast, who), permission) is allowed


def test_require_names_what_is_missing(cast):
    with pytest.raises(NotAllowed) as refusal:
        policy.require(cast.clerk, P.DECISION_REVIEW, cast.bureau)

    assert refusal.value.user_message == "您没有“审核双公示信息”的权限（淮南市应急管理局）。"


def test_require_is_silent_for_those_who_may(cast):
    policy.require(cast.reviewer, P.DECISION_REVIEW, cast.bureau)


@pytest.mark.parametrize(
    ("who", "permission", "names"),
    [
        ("clerk", P.DECISION_EDIT, {"淮南市应急管理局"}),
        ("clerk", P.DECISION_VIEW, {"淮南市应急管理局", "寿县应急管理局"}),
        ("county_clerk", P.DECISION_VIEW, {"寿县应急管理局"}),
        ("clerk", P.DECISION_REVIEW, set()),
        ("sysadmin", P.DECISION_VIEW, set()),
        ("firm_head", P.DECISION_VIEW, set()),
        ("visitor", P.DECISION_VIEW, set()),
    ],
)
def test_departments_for(cast, who, permission, names):
    cast.departments  # noqa: B018 - all three exist

    found = policy.departments_for(getattr(cast, who), permission)

    assert {department.name for department in found} == names


def test_departments_for_city_roles_are_all(cast):
    everywhere = set(cast.departments.values())

    assert set(policy.departments_for(cast.officer, P.DECISION_VIEW)) == everywhere


def test_departments_for_is_one_query_and_agrees_with_may(cast, django_assert_num_queries):
    person = User.objects.get(pk=cast.clerk.pk)
    everywhere = list(cast.departments.values())
    with django_assert_num_queries(2):  # memberships, departments
        found = set(policy.departments_for(person, P.DECISION_VIEW))

    assert found == {one for one in everywhere if policy.may(person, P.DECISION_VIEW, one)}


def test_may_reads_once_for_each_user_object(cast, django_assert_num_queries):
    person = User.objects.get(pk=cast.clerk.pk)
    with django_assert_num_queries(2):  # memberships, grants
        for permission in Permission:
            policy.may(person, permission, cast.bureau)


def test_an_inactive_account_holds_nothing(cast):
    cast.clerk.is_active = False

    assert not policy.may(cast.clerk, P.DECISION_EDIT)
    assert not policy.is_staff_member(cast.clerk)
    assert not policy.departments_for(cast.clerk, P.DECISION_EDIT).exists()


def test_a_superuser_flag_gives_nothing(cast):
    person = make_user()
    person.is_superuser = True
    person.save()

    assert not policy.may(person, P.DECISION_VIEW)
    assert not policy.departments_for(person, P.DECISION_VIEW).exists()


def test_an_ended_role_is_gone_at_the_next_read(cast):
    membership = cast.clerk.memberships.get()
    assert policy.may(cast.clerk, P.DECISION_EDIT)

    end_role(membership=membership, by=cast.secadmin)
    cast.clerk.refresh_from_db()

    assert not policy.may(cast.clerk, P.DECISION_EDIT)
    assert not policy.departments_for(cast.clerk, P.DECISION_EDIT).exists()


def test_a_granted_role_is_there_at_once(cast):
    person = make_user()
    assert not policy.may(person, P.DECISION_REVIEW)

    grant_role(user=person, role=Role.REVIEWER, department=cast.housing, by=cast.secadmin)

    assert policy.may(person, P.DECISION_REVIEW, cast.housing)


@pytest.mark.parametrize(
    ("who", "staff", "firms"),
    [
        ("clerk", True, []),
        ("officer", True, []),
        ("sysadmin", True, []),
        ("firm_head", False, [FIRM]),
        ("visitor", False, []),
    ],
)
def test_staff_and_representatives(cast, who, staff, firms):
    person = getattr(cast, who)

    assert policy.is_staff_member(person) is staff
    assert policy.represents(person) == firms


def test_an_api_client_is_no_staff_member(cast):
    program = make_user("program")
    grant_role(user=program, role=Role.API_CLIENT, department=cast.bureau, by=None)

    assert not policy.is_staff_member(program)


def test_holders_are_those_of_the_department_itself(cast):
    cast.clerk, cast.reviewer, cast.other_clerk, cast.county_clerk  # noqa: B018
    gone = make_user("gone")
    grant_role(user=gone, role=Role.CLERK, department=cast.bureau, by=None)
    gone.is_active = False
    gone.save()

    assert list(policy.holders(P.DECISION_EDIT, cast.bureau)) == [cast.clerk]


def test_people_hold_nothing_directly(cast):
    cast.clerk  # noqa: B018

    assert not DepartmentUserObjectPermission.objects.exists()
    assert not policy.may(AnonymousUser(), P.DECISION_VIEW)
