"""How sessions end, and how people change their own password."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.middleware import ENDED
from credit_portal.accounts.models import User, UserSession
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import (
    disable_user,
    end_role,
    grant_role,
    reset_sign_in,
    sweep_sessions,
)
from credit_portal.audit.models import AuditEvent
from tests.accounts.door import NOW, SIGN_IN, STAFF_PAGE, target, text
from tests.factories.accounts import PASSWORD, make_user
from tests.pages import PageClient


class TestSessions:
    def get(self, client):
        return client.get(STAFF_PAGE)

    def test_idle_staff_are_signed_out_with_a_word_and_a_way_back(self, cast, sign_in, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            sign_in(page_client, cast.clerk)
            assert self.get(page_client).status_code == 200
            for _ in range(4):
                clock.shift(29 * 60)
                assert self.get(page_client).status_code == 200
            clock.shift(31 * 60)
            out = self.get(page_client)

        assert target(out) == SIGN_IN
        assert "next=%2Fstaff%2Fnotices%2F" in out["Location"]
        assert "会话已超时，请重新登录。" in text(page_client.get(out["Location"]))

    def test_the_clock_is_written_at_most_once_a_minute(
        self, cast, sign_in, page_client, django_assert_num_queries
    ):
        with time_machine.travel(NOW, tick=False) as clock:
            sign_in(page_client, cast.firm_head)
            page_client.get("/healthz")
            clock.shift(59)
            with django_assert_num_queries(2):  # session, health
                page_client.get("/healthz")

    def test_firms_may_stay_longer(self, cast, sign_in, page_client):
        page = reverse("mfa_index")
        with time_machine.travel(NOW, tick=False) as clock:
            sign_in(page_client, cast.firm_head)
            page_client.get(page)
            clock.shift(179 * 60)
            assert page_client.get(page).status_code == 200
            clock.shift(181 * 60)
            assert target(page_client.get(page)) == SIGN_IN

    def test_twelve_hours_end_every_session(self, cast, sign_in, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            sign_in(page_client, cast.clerk)
            self.get(page_client)
            for _ in range(28):
                clock.shift(25 * 60)
                assert self.get(page_client).status_code == 200
            clock.shift(25 * 60)
            assert target(self.get(page_client)) == SIGN_IN

    def test_disabling_ends_the_session_also_for_the_day_of_return(
        self, cast, sign_in, page_client
    ):
        sign_in(page_client, cast.clerk)
        assert self.get(page_client).status_code == 200

        disable_user(user=cast.clerk, by=cast.sysadmin, reason="调离")
        assert target(self.get(page_client)) == SIGN_IN

    def test_an_ended_role_closes_the_next_page(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)
        end_role(membership=cast.clerk.memberships.get(), by=cast.secadmin)

        assert self.get(page_client).status_code == 403

    def test_sign_out(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)
        page_client.get(reverse("account_logout"))
        assert self.get(page_client).status_code == 200

        assert target(page_client.post(reverse("account_logout"))) == SIGN_IN
        assert target(self.get(page_client)) == SIGN_IN


class TestEndedFromAnotherPlace:
    def two(self, cast, sign_in):
        """The person here, and in another browser whose session is listed."""
        here, there = sign_in(PageClient(), cast.clerk), sign_in(PageClient(), cast.clerk)
        assert here.get(STAFF_PAGE).status_code == there.get(STAFF_PAGE).status_code == 200
        return here, there

    def test_the_other_browser_is_told_once(self, cast, sign_in):
        here, there = self.two(cast, sign_in)
        here.post(reverse("account_end_sessions"))

        out = there.get(STAFF_PAGE)
        assert target(out) == SIGN_IN
        assert text(there.get(out["Location"])).count(ENDED) == 1
        assert ENDED not in text(there.get(there.get(STAFF_PAGE)["Location"]))
        assert here.get(STAFF_PAGE).status_code == 200
        page = text(here.get(reverse("account_sessions")))
        assert "目前在 1 处登录" in page
        assert "登录中的设备" in page

    def test_also_when_one_session_was_ended_and_a_script_asks_first(self, cast, sign_in):
        here, there = self.two(cast, sign_in)
        key = there.session.session_key
        pk = UserSession.objects.get(session_key=key).pk
        here.post(reverse("account_end_session", args=[pk]))

        told = there.post(STAFF_PAGE, headers={"x-requested-with": "fetch"})
        assert told.status_code in (401, 405)
        there.get("/sign-in/account/")
        assert ENDED in text(there.get(SIGN_IN))

    def test_whoever_signs_out_or_is_disabled_is_told_nothing_of_it(self, cast, sign_in):
        here, there = self.two(cast, sign_in)
        here.post(reverse("account_logout"))
        assert ENDED not in text(here.get(here.get(STAFF_PAGE)["Location"]))
        disable_user(user=cast.clerk, by=cast.sysadmin, reason="调离")
        assert ENDED not in text(there.get(there.get(STAFF_PAGE)["Location"]))

    def test_a_reset_by_the_administrator_counts_too(self, cast, sign_in):
        _, there = self.two(cast, sign_in)
        reset_sign_in(
            user=cast.clerk, password="Grey-Anvil-77-Fern", by=cast.sysadmin, reason="忘记密码"
        )
        assert ENDED in text(there.get(there.get(STAFF_PAGE)["Location"]))

    def test_the_mark_goes_with_the_sweep(self, cast, sign_in):
        here, there = self.two(cast, sign_in)
        here.post(reverse("account_end_sessions"))
        sweep_sessions()
        assert ENDED not in text(there.get(there.get(STAFF_PAGE)["Location"]))
        assert UserSession.objects.count() == 1


class TestOwnPassword:
    @pytest.fixture(autouse=True)
    def aged(self, cast):
        cast.clerk.password_changed_at = timezone.now() - dt.timedelta(hours=25)
        cast.clerk.save()

    def change(self, client, old, new, again=None):
        return client.post(
            reverse("account_change_password"),
            {"oldpassword": old, "password1": new, "password2": again or new},
        )

    def test_a_first_password_is_changed_before_anything_else(self, cast, page_client, sign_in):
        user = make_user("newcomer", must_change_password=True)
        grant_role(user=user, role=Role.CLERK, department=cast.bureau, by=None)
        sign_in(page_client, user)
        other = sign_in(Client(), user)
        other.get(STAFF_PAGE)
        detour = page_client.get(STAFF_PAGE)
        assert target(detour) == reverse("account_change_password")
        assert "您正在使用初始密码" in text(page_client.get(detour["Location"]))

        done = page_client.post(
            detour["Location"],
            {
                "oldpassword": PASSWORD,
                "password1": "Grey-Anvil-77-Fern",
                "password2": "Grey-Anvil-77-Fern",
            },
        )

        assert done["Location"] == STAFF_PAGE
        assert page_client.get(STAFF_PAGE).status_code == 200
        out = other.get(STAFF_PAGE)
        assert target(out) == SIGN_IN
        assert ENDED in text(other.get(out["Location"]))
        assert ENDED not in text(page_client.get(reverse("account_change_password")))
        assert AuditEvent.objects.filter(action="account.password_changed").count() == 1

    @pytest.mark.parametrize(
        ("old", "new", "again", "sentence"),
        [
            ("wrong", "Grey-Anvil-77-Fern", None, "当前密码不正确。"),
            (PASSWORD, "Grey-Anvil-77-Fern", "Grey-Anvil-77-Farn", "两次输入的新密码不一致。"),
            (PASSWORD, PASSWORD, None, "新密码不能与当前密码相同。"),
            (PASSWORD, "Huainan-77-Fern", None, "密码不能包含“huainan”"),
            (PASSWORD, "Fern-7", None, "密码至少 12 个字符。"),
        ],
    )
    def test_refusals(self, cast, sign_in, page_client, old, new, again, sentence):
        sign_in(page_client, cast.clerk)

        assert sentence in text(self.change(page_client, old, new, again))
        assert User.objects.get(pk=cast.clerk.pk).check_password(PASSWORD)

    def test_guessing_the_old_password_is_counted(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)
        for _ in range(5):
            answer = self.change(page_client, "wrong", "Grey-Anvil-77-Fern")

        assert "登录失败次数过多" in text(answer)
        assert "登录失败次数过多" in text(self.change(page_client, PASSWORD, "Grey-Anvil-77-Fern"))

    def test_change_without_a_place_to_go_ends_at_home(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)

        assert target(self.change(page_client, PASSWORD, "Grey-Anvil-77-Fern")) == "/staff/"

    def test_no_second_change_within_a_day(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)
        self.change(page_client, PASSWORD, "Grey-Anvil-77-Fern")
        again = self.change(page_client, "Grey-Anvil-77-Fern", "Moss-Kettle-31-Owl")
        assert "密码修改后满 24 小时才能再次修改" in text(again)
        assert User.objects.get(pk=cast.clerk.pk).check_password("Grey-Anvil-77-Fern")

    def test_a_change_that_is_asked_for_may_come_at_once(self, cast, sign_in, page_client):
        cast.clerk.password_changed_at = timezone.now()
        cast.clerk.must_change_password = True
        cast.clerk.save()
        sign_in(page_client, cast.clerk)
        self.change(page_client, PASSWORD, "Grey-Anvil-77-Fern")
        assert User.objects.get(pk=cast.clerk.pk).check_password("Grey-Anvil-77-Fern")

    def test_the_list_of_devices_keeps_the_time_of_the_sign_in(self, cast, sign_in, page_client):
        sign_in(page_client, cast.clerk)
        page_client.get(STAFF_PAGE)
        began = timezone.now() - dt.timedelta(hours=3)
        User.objects.update(last_login=began)
        self.change(page_client, PASSWORD, "Grey-Anvil-77-Fern")
        page_client.get(STAFF_PAGE)
        assert UserSession.objects.get(user=cast.clerk, ended_at=None).began_at == began
