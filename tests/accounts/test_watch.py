"""What the security administrator watches."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from credit_portal.accounts.exceptions import SignInLocked
from credit_portal.accounts.models import SignInTrial
from credit_portal.accounts.roles import Role
from credit_portal.accounts.selectors import failed_sign_ins, role_changes, without_factor
from credit_portal.accounts.selectors.watch import SHOWN
from credit_portal.accounts.services import disable_user, end_role, enrol_totp, grant_role
from credit_portal.accounts.services import sign_in as door
from tests.factories.accounts import make_user

PASSWORD, FACTOR, LETTER = SignInTrial.Kind
HERE, THERE = "203.0.113.9", "203.0.113.10"


def fail(kind, account, address=HERE, times=1):
    for _ in range(times):
        door.begin_attempt(kind=kind, account=account, address=address)


def told():
    return failed_sign_ins(timezone.now())


@pytest.mark.django_db
class TestFailures:
    def test_nothing_failed(self):
        found = told()
        assert (found.locked, found.people, found.lines) == (0, 0, [])

    def test_the_locked_come_first_with_their_person(self, cast):
        fail(PASSWORD, cast.clerk.username.upper(), times=5)
        fail(FACTOR, str(cast.head.pk), address="", times=2)
        found = told()
        clerk, head = found.lines
        assert (found.locked, found.people) == (1, 2)
        assert (clerk.person, clerk.kind, clerk.failures) == (cast.clerk, PASSWORD, 5)
        assert clerk.locked_until > timezone.now()
        assert (head.person, head.kind, head.address) == (cast.head, FACTOR, "")
        assert head.locked_until is None

    def test_one_person_failing_in_several_places_is_one_account(self, cast):
        assert cast.clerk
        fail(PASSWORD, "clerk", HERE)
        fail(PASSWORD, "clerk", THERE)
        fail(FACTOR, str(cast.clerk.pk), "")
        assert (told().people, len(told().lines)) == (1, 3)

    def test_names_that_nobody_bears_are_counted_and_not_shown(self):
        for name in ("Blue-Kettle-42-Moss", "zhangsan"):
            fail(PASSWORD, name, times=2)
        (line,) = told().lines
        assert (line.person, line.names, line.failures, line.address) == (None, 2, 4, HERE)
        assert "kettle" not in repr(line).lower()
        assert told().people == 0

    def test_a_number_typed_as_a_name_is_not_the_person_with_that_key(self, cast):
        fail(PASSWORD, str(cast.clerk.pk))
        (line,) = told().lines
        assert (line.person, line.names) == (None, 1)

    def test_letters_are_told_apart_from_accounts(self, cast):
        assert cast.clerk
        fail(LETTER, "clerk", times=5)
        (line,) = told().lines
        assert (line.person, line.kind, told().locked) == (None, LETTER, 1)

    def test_an_address_is_told_when_it_is_locked_as_a_whole(self):
        for number in range(50):
            fail(PASSWORD, f"name{number}")
        with pytest.raises(SignInLocked):
            fail(PASSWORD, "name50")
        whole, names = told().lines
        assert (whole.kind, whole.address, whole.person) == (None, HERE, None)
        assert (names.names, names.locked_until, told().locked) == (50, None, 1)

    def test_a_lock_that_is_over_and_failures_of_yesterday(self, cast, time_machine):
        assert cast.clerk
        fail(PASSWORD, "clerk", times=5)
        time_machine.move_to(timezone.now() + dt.timedelta(minutes=16))
        (line,) = told().lines
        assert (line.locked_until, told().locked) == (None, 0)
        time_machine.move_to(timezone.now() + dt.timedelta(days=1))
        assert told().lines == []

    def test_many_are_cut_and_the_locked_are_kept(self, cast):
        assert cast.clerk
        fail(PASSWORD, "clerk", address="203.0.113.200", times=5)
        for number in range(SHOWN + 3):
            fail(PASSWORD, "clerk", address=f"203.0.113.{number}")
        found = told()
        assert (len(found.lines), found.people) == (SHOWN, 1)
        assert found.lines[0].address == "203.0.113.200"

    def test_the_number_of_queries_does_not_grow(self, cast, django_assert_num_queries):
        people = (cast.clerk, cast.head, cast.reviewer)
        fail(PASSWORD, "clerk")
        with django_assert_num_queries(6):
            told()
        for user in people:
            fail(PASSWORD, user.username, times=2)
            fail(FACTOR, str(user.pk), "")
        with django_assert_num_queries(6):
            assert len(told().lines) == 6


class TestWithoutFactor:
    def found(self):
        return without_factor(timezone.localdate())

    def test_only_staff_whose_account_is_in_use(self, cast):
        enrol_totp(user=cast.clerk, by=None)
        disable_user(user=cast.reviewer, by=None, reason="调离")
        assert {cast.head, cast.firm_head}
        make_user()  # without a role
        found = self.found()
        assert [(line.user, line.roles) for line in found.lines] == [(cast.head, "单位负责人")]
        assert (found.count, found.staff) == (1, 2)

    def test_each_role_of_a_person_is_named_once(self, cast):
        grant_role(user=cast.clerk, role=Role.CLERK, department=cast.county, by=None)
        grant_role(user=cast.clerk, role=Role.HEAD, department=cast.county, by=None)
        assert [line.roles for line in self.found().lines] == ["录入员、单位负责人"]

    def test_the_number_of_queries_does_not_grow(self, cast, django_assert_num_queries):
        assert cast.clerk
        with django_assert_num_queries(4):
            assert len(self.found().lines) == 1
        assert {cast.reviewer, cast.head, cast.other_clerk, cast.officer}
        with django_assert_num_queries(4):
            assert len([line.user.department for line in self.found().lines]) == 5


class TestRoleChanges:
    def test_given_and_taken_back_latest_first(self, cast):
        role = grant_role(user=cast.officer, role=Role.COMMITTEE_HEAD, by=cast.secadmin)
        end_role(membership=role, by=cast.secadmin)
        assert cast.firm_head  # firms appoint their people themselves
        found = role_changes(timezone.now() - dt.timedelta(hours=1))
        mine = [change for change in found if change.membership == role]
        assert [change.given for change in mine] == [False, True]
        assert mine[1].membership.granted_by == cast.secadmin
        assert Role.ENTERPRISE_HEAD not in {change.membership.role for change in found}

    def test_what_is_older_is_left_out(self, cast):
        assert cast.clerk
        assert role_changes(timezone.now() + dt.timedelta(seconds=1)) == []
