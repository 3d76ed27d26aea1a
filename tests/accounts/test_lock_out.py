"""Wrong passwords, wrong codes, replays."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from credit_portal.accounts.models import SignInTrial
from credit_portal.accounts.services import (
    disable_user,
    enrol_totp,
)
from credit_portal.accounts.services import sign_in as door
from tests.accounts.door import NOW, SIGN_IN, code_for, post_password, target, text
from tests.factories.accounts import PASSWORD, Cast
from tests.pages import PageClient


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
