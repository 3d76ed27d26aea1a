"""The one door, over the real pages."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from credit_portal.accounts.models import SignInTrial, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import (
    disable_user,
    end_role,
    enrol_totp,
    grant_role,
)
from credit_portal.accounts.services import sign_in as door
from credit_portal.audit.models import AuditEvent
from tests.factories.accounts import PASSWORD, Cast, make_user
from tests.pages import PageClient

NOW = dt.datetime(2026, 9, 24, 2, 0, 0, tzinfo=dt.UTC)
SIGN_IN = "/sign-in/"
STAFF_PAGE = "/staff/notices/"


def code_for(secret, shift=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def post_password(client, username, password=PASSWORD, **kwargs):
    return client.post(SIGN_IN, {"login": username, "password": password}, **kwargs)


def target(response):
    assert response.status_code == 302, response.content.decode()[:2000]
    return urlsplit(response["Location"]).path


def text(response):
    return response.content.decode()


@pytest.fixture
def clerk(cast):
    """A clerk with a second factor; `clerk.secret` makes the codes."""
    cast.clerk.secret = enrol_totp(user=cast.clerk, by=None)
    return cast.clerk


class TestStaff:
    def test_password_then_code_then_where_one_wanted_to_go(self, clerk, page_client):
        first = page_client.get(f"{STAFF_PAGE}?show=unread")
        assert target(first) == SIGN_IN
        assert parse_qs(urlsplit(first["Location"]).query) == {
            "next": [f"{STAFF_PAGE}?show=unread"]
        }
        page_client.get(first["Location"])

        second = page_client.post(
            SIGN_IN, {"login": "clerk", "password": PASSWORD, "next": f"{STAFF_PAGE}?show=unread"}
        )
        assert target(second) == reverse("mfa_authenticate")
        assert target(page_client.get(STAFF_PAGE)) == SIGN_IN  # half is nothing
        page_client.get(second["Location"])

        third = page_client.post(reverse("mfa_authenticate"), {"code": code_for(clerk.secret)})

        assert third["Location"] == f"{STAFF_PAGE}?show=unread"
        assert page_client.get(third["Location"]).status_code == 200
        event = AuditEvent.objects.get(action="account.signed_in")
        assert (event.actor_name, event.changes) == ("王静", {"address": "127.0.0.1"})
        assert not SignInTrial.objects.filter(failures__gt=0).exists()

    def test_the_session_gets_a_new_number(self, clerk, page_client):
        page_client.get(STAFF_PAGE)
        post_password(page_client, "clerk")
        before = page_client.session.session_key
        page_client.post(reverse("mfa_authenticate"), {"code": code_for(clerk.secret)})

        assert page_client.session.session_key != before

    def test_without_a_factor_one_is_set_up_first(self, cast, page_client):
        cast.clerk  # noqa: B018
        assert target(post_password(page_client, "clerk")) == "/staff/"
        detour = page_client.get(STAFF_PAGE)
        assert target(detour) == reverse("mfa_activate_totp")

        page = page_client.get(detour["Location"])
        secret = page.context["form"].secret
        assert secret in text(page)
        image = page_client.get(reverse("mfa_totp_image"))
        assert image["Content-Type"] == "image/svg+xml"
        assert page_client.get(detour["Location"]).context["form"].secret == secret
        wrong = page_client.post(reverse("mfa_activate_totp"), {"code": "000000"})
        assert "动态口令不正确" in text(wrong)
        done = page_client.post(
            reverse("mfa_activate_totp"), {"code": code_for(secret), "next": STAFF_PAGE}
        )

        assert target(done) == reverse("mfa_view_recovery_codes")
        codes = page_client.get(done["Location"])
        assert len(codes.context["unused_codes"]) == 10
        assert f'href="{STAFF_PAGE}"' in text(codes)
        assert page_client.get(STAFF_PAGE).status_code == 200
        assert page_client.get(reverse("mfa_totp_image")).status_code == 404
        assert target(page_client.get(reverse("mfa_activate_totp"))) == reverse("mfa_index")
        assert secret not in str(Authenticator.objects.get(type="totp").data)

    def test_setup_without_a_place_to_go_ends_at_home(self, cast, page_client):
        cast.clerk  # noqa: B018
        post_password(page_client, "clerk")
        secret = page_client.get(reverse("mfa_activate_totp")).context["form"].secret
        done = page_client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})

        assert 'href="/staff/"' in text(page_client.get(done["Location"]))

    def test_the_code_of_the_setup_does_not_sign_in_again(self, cast, page_client):
        cast.clerk  # noqa: B018
        with time_machine.travel(NOW, tick=False):
            post_password(page_client, "clerk")
            secret = page_client.get(reverse("mfa_activate_totp")).context["form"].secret
            page_client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
            other = PageClient()
            post_password(other, "clerk")
            again = other.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

        assert "动态口令不正确或已使用" in text(again)

    def test_setup_needs_somebody(self, db, page_client):
        for name in ("mfa_activate_totp", "mfa_totp_image", "mfa_index", "account_change_password"):
            assert target(page_client.get(reverse(name))) == SIGN_IN

    def test_an_old_session_says_the_password_again_before_setting_up(self, cast, page_client):
        cast.clerk  # noqa: B018
        with time_machine.travel(NOW, tick=False) as clock:
            post_password(page_client, "clerk")
            clock.shift(400)
            detour = page_client.get(reverse("mfa_activate_totp"))
            assert target(detour) == reverse("account_reauthenticate")
            page_client.get(detour["Location"])
            back = page_client.post(detour["Location"], {"password": PASSWORD})

        assert target(back) == reverse("mfa_activate_totp")

    def test_a_session_without_proof_is_asked_for_the_code(self, clerk, page_client):
        """A factor that was set up elsewhere does not make this session proven."""
        page_client.force_login(clerk)
        detour = page_client.get(STAFF_PAGE)
        assert target(detour) == reverse("mfa_reauthenticate")
        page_client.get(detour["Location"])

        back = page_client.post(detour["Location"], {"code": code_for(clerk.secret)})

        assert back["Location"] == STAFF_PAGE
        assert page_client.get(STAFF_PAGE).status_code == 200

    def test_a_backup_code_works_once(self, clerk, page_client):
        page_client.force_login(clerk)
        page_client.post(reverse("mfa_reauthenticate"), {"code": code_for(clerk.secret)})
        page_client.get(reverse("mfa_generate_recovery_codes"))
        page_client.post(reverse("mfa_generate_recovery_codes"))
        page = page_client.get(reverse("mfa_view_recovery_codes"))
        backup = page.context["unused_codes"][0]
        answers = []
        for _ in range(2):
            client = PageClient()
            post_password(client, "clerk")
            answers.append(
                client.post(reverse("mfa_authenticate"), {"code": f" {backup[:4]}-{backup[4:]} "})
            )

        assert [answer.status_code for answer in answers] == [302, 200]
        assert AuditEvent.objects.filter(action="account.recovery_code_used").count() == 1


class TestFirms:
    def test_password_is_enough_and_the_account_page_offers_the_factor(self, cast, page_client):
        cast.firm_head  # noqa: B018
        assert target(post_password(page_client, "firm_head")) == "/enterprise/"
        page = page_client.get(reverse("mfa_index"))

        assert "企业主要负责人" in text(page)
        assert "现在设置" in text(page)

    def test_staff_pages_are_closed(self, cast, sign_in, page_client):
        response = sign_in(page_client, cast.firm_head).get(STAFF_PAGE)

        assert response.status_code == 403
        assert "仅供监管部门工作人员使用" in text(response)

    def test_a_person_without_roles_goes_home(self, db, page_client):
        make_user()

        assert target(post_password(page_client, "somebody")) == "/"


class TestRefusals:
    @pytest.mark.parametrize("username", ["clerk", "nobody"])
    def test_the_same_words_whether_or_not_the_account_exists(self, clerk, page_client, username):
        answers = [text(post_password(page_client, username, "wrong")) for _ in range(6)]

        for answer, sentence in zip(
            answers,
            [
                "用户名或密码不正确。",
                "用户名或密码不正确。",
                "用户名或密码不正确，再错 2 次将暂停登录。",
                "用户名或密码不正确，再错 1 次将暂停登录。",
                "用户名或密码不正确。登录失败次数过多，请在 15 分钟后再试。",
                "登录失败次数过多，请在 15 分钟后再试。",
            ],
            strict=True,
        ):
            assert sentence in answer

    def test_a_disabled_account_answers_like_a_wrong_password(self, clerk, page_client):
        disable_user(user=clerk, by=None, reason="调离")

        assert "用户名或密码不正确。" in text(post_password(page_client, "clerk"))

    def test_the_lock_opens_after_its_time(self, clerk, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            for _ in range(5):
                post_password(page_client, "clerk", "wrong")
            clock.shift(14 * 60 + 30)
            assert "请在 1 分钟后再试" in text(post_password(page_client, "clerk"))
            clock.shift(31)
            assert target(post_password(page_client, "clerk")) == reverse("mfa_authenticate")

    def test_old_failures_fade(self, clerk, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            for _ in range(4):
                post_password(page_client, "clerk", "wrong")
            clock.shift(15 * 60 + 1)
            post_password(page_client, "clerk", "wrong")

        assert SignInTrial.objects.get(account="clerk").failures == 1

    def test_a_right_password_forgets_the_wrong_ones(self, clerk, page_client):
        for _ in range(3):
            post_password(page_client, "clerk", "wrong")
        post_password(
            page_client, "CLERK ".strip()
        )  # a name in other letters is another try, same account
        post_password(page_client, "clerk")

        assert not SignInTrial.objects.filter(account="clerk").exists()

    def test_a_forged_forwarded_address_does_not_help(self, clerk, page_client):
        for number in range(8):
            answer = post_password(
                page_client, "clerk", "wrong", headers={"x-forwarded-for": f"10.0.0.{number}"}
            )

        assert "登录失败次数过多" in text(answer)
        assert SignInTrial.objects.get(account="clerk").address == "127.0.0.1"

    @override_settings(PORTAL_TRUSTED_PROXIES=1)
    def test_our_own_proxy_is_believed_as_far_as_it_writes(self, clerk, page_client):
        for number in range(6):
            forged = f"10.0.0.{number}, 192.0.2.7"
            post_password(page_client, "clerk", "wrong", headers={"x-forwarded-for": forged})
        post_password(page_client, "clerk", "wrong", headers={"x-forwarded-for": ""})

        rows = SignInTrial.objects.filter(account="clerk").order_by("address")
        assert [(row.address, row.failures) for row in rows] == [("127.0.0.1", 1), ("192.0.2.7", 5)]

    def test_others_are_not_locked_out_with_the_attacked(self, clerk, page_client):
        for _ in range(6):
            post_password(page_client, "clerk", "wrong", REMOTE_ADDR="203.0.113.9")

        assert target(post_password(page_client, "clerk")) == reverse("mfa_authenticate")

    def test_an_address_that_tries_many_names_waits(self, clerk, page_client):
        for number in range(50):
            post_password(page_client, f"name{number}", "wrong", REMOTE_ADDR="203.0.113.9")
        locked = post_password(page_client, "clerk", REMOTE_ADDR="203.0.113.9")

        assert "登录失败次数过多" in text(locked)
        assert target(post_password(page_client, "clerk")) == reverse("mfa_authenticate")

    def test_a_successful_sign_in_does_not_wipe_the_address(self, clerk, page_client):
        for number in range(3):
            post_password(page_client, f"name{number}", "wrong")
        post_password(page_client, "clerk")

        assert SignInTrial.objects.get(account="").failures == 3

    def test_rows_of_yesterday_are_swept(self, clerk, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            post_password(page_client, "nobody", "wrong")
            clock.shift(25 * 3600)
            post_password(page_client, "clerk")

        assert not SignInTrial.objects.filter(account="nobody").exists()

    def test_next_leads_nowhere_else(self, cast, page_client):
        cast.firm_head  # noqa: B018
        answer = page_client.post(
            SIGN_IN, {"login": "firm_head", "password": PASSWORD, "next": "https://evil.example/"}
        )

        assert answer["Location"] == "/enterprise/"

    def test_the_pages_bear_the_name_of_the_site(self, clerk, page_client):
        step = post_password(page_client, "clerk")["Location"]
        name = settings.PORTAL_SITE["name"]

        assert f"<title>登录 - {name}</title>" in text(PageClient().get(SIGN_IN))
        assert f"<title>输入动态口令 - {name}</title>" in text(page_client.get(step))

    def test_empty_fields_are_named(self, db, page_client):
        page = text(page_client.post(SIGN_IN, {}))

        assert "请填写用户名。" in page
        assert "请填写密码。" in page


class TestCodes:
    def second_step(self, client, code):
        post_password(client, "clerk")
        return client.post(reverse("mfa_authenticate"), {"code": code})

    def test_a_code_works_once(self, clerk):
        with time_machine.travel(NOW, tick=False):
            code = code_for(clerk.secret)
            answers = [
                self.second_step(PageClient(), one)
                for one in (code, f" {code[:3]} {code[3:]}", code)
            ]

        assert [answer.status_code for answer in answers] == [302, 200, 200]
        assert "动态口令不正确或已使用" in text(answers[1])

    def test_full_width_digits_are_digits(self, clerk):
        with time_machine.travel(NOW, tick=False):
            wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_for(clerk.secret))
            assert self.second_step(PageClient(), wide).status_code == 302

    @pytest.mark.parametrize(("shift", "status"), [(-2, 200), (-1, 302), (1, 302), (2, 200)])
    def test_a_clock_half_a_minute_off(self, clerk, shift, status):
        with time_machine.travel(NOW, tick=False):
            assert (
                self.second_step(PageClient(), code_for(clerk.secret, shift)).status_code == status
            )

    def test_an_earlier_step_than_the_last_is_a_replay(self, clerk):
        with time_machine.travel(NOW, tick=False):
            assert door.use_code(user=clerk, code=code_for(clerk.secret)) is not None
            assert door.use_code(user=clerk, code=code_for(clerk.secret, -1)) is None
            assert door.use_code(user=clerk, code=code_for(clerk.secret, 1)) is not None

    def test_wrong_codes_lock_the_second_step_from_every_address(self, clerk):
        with time_machine.travel(NOW, tick=False):
            answers = []
            for number in range(6):
                client = PageClient(REMOTE_ADDR=f"203.0.113.{number}")
                answers.append(text(self.second_step(client, "000000")))
            locked = self.second_step(PageClient(), code_for(clerk.secret))

        assert "再错 1 次将暂停登录" in answers[3]
        assert "登录失败次数过多，请在 15 分钟后再试。" in answers[5]
        assert locked.status_code == 200

    def test_nobody_without_a_factor(self, cast):
        assert door.use_code(user=cast.clerk, code="123456") is None

    def test_the_code_page_needs_the_password_first(self, db, page_client):
        assert target(page_client.get(reverse("mfa_authenticate"))) == SIGN_IN


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_use_a_code_once():
    cast = Cast()
    secret = enrol_totp(user=cast.clerk, by=None)
    code = code_for(secret)

    def use(_):
        try:
            return door.use_code(user=cast.clerk, code=code) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(20))) == 1


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_cannot_outrun_the_count():
    def attempt(_):
        try:
            door.begin_attempt(kind=SignInTrial.Kind.PASSWORD, account="a", address="x")
            return True
        except door.SignInLocked:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


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


class TestOwnPassword:
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
        assert target(other.get(STAFF_PAGE)) == SIGN_IN
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
