"""One's own account: sessions, the last sign-ins, the age and the history of passwords."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import security, selectors
from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import UsedPassword, User, UserSession
from credit_portal.accounts.services import (
    change_own_password,
    end_other_sessions,
    end_session,
    note_session,
    reset_sign_in,
    sweep_sessions,
)
from credit_portal.audit.models import AuditEvent
from tests.accounts.door import NOW, SIGN_IN, STAFF_PAGE, code_for, post_password, target, text
from tests.factories.accounts import PASSWORD, make_user
from tests.pages import PageClient

ACCOUNT, SESSIONS = "/sign-in/account/", "/sign-in/sessions/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 MicroMessenger/8.0 Mobile"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Chrome 浏览器，Windows 电脑"),
        (f"{WINDOWS} Edg/120.0", "Edge 浏览器，Windows 电脑"),
        (PHONE, "微信，安卓手机或平板"),
        ("Mozilla/5.0 (iPhone) Version/17 Safari/604.1", "Safari 浏览器，iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Firefox 浏览器，Linux 电脑"),
        ("curl/8", "未能识别的设备"),
        ("", "未能识别的设备"),
    ],
)
def test_devices_in_words(agent, words):
    assert selectors.device_in_words(agent) == words


class TestSessions:
    @pytest.fixture
    def two(self, cast, sign_in):
        """The clerk at her desk and at a phone."""
        here = sign_in(PageClient(headers={"user-agent": WINDOWS}), cast.clerk)
        phone = sign_in(PageClient(headers={"user-agent": PHONE}), cast.clerk)
        for client in (here, phone):
            client.get(STAFF_PAGE)
        return here, phone

    def test_the_list_names_device_address_and_this_one(self, two):
        page = text(two[0].get(SESSIONS))
        assert "您的账号目前在 2 处登录" in page
        assert page.index("Chrome 浏览器，Windows 电脑") < page.index("微信，安卓手机或平板")
        assert page.index("本次") < page.index("微信")
        assert page.count("地址 127.0.0.1") == 2

    def test_end_one(self, cast, two):
        here, phone = two
        row = UserSession.objects.get(agent=PHONE)
        done = here.post(reverse("account_end_session", args=[row.pk]), follow=True)
        assert "已结束该登录。" in text(done)
        assert target(phone.get(STAFF_PAGE)) == SIGN_IN
        assert here.get(STAFF_PAGE).status_code == 200
        again = here.post(reverse("account_end_session", args=[row.pk]), follow=True)
        assert "该登录已经结束。" in text(again)
        assert AuditEvent.objects.filter(action="account.session_ended").count() == 1

    def test_end_all_others(self, two):
        here, phone = two
        address = reverse("account_end_sessions")
        assert "已结束其他 1 处登录。" in text(here.post(address, follow=True))
        assert "没有其他登录。" in text(here.post(address, follow=True))
        assert target(phone.get(STAFF_PAGE)) == SIGN_IN
        assert AuditEvent.objects.filter(action="account.session_ended").count() == 1

    def test_nobody_ends_the_sessions_of_others(self, cast, two):
        row = UserSession.objects.get(agent=PHONE)
        with pytest.raises(AccountRefused):
            end_session(user=cast.reviewer, pk=row.pk, by=cast.reviewer)
        assert end_other_sessions(user=cast.reviewer, keep="", by=cast.reviewer) == 0
        assert two[1].get(STAFF_PAGE).status_code == 200

    def test_people_of_firms_see_theirs(self, cast, sign_in):
        client = sign_in(PageClient(), cast.firm_head)
        client.get("/enterprise/")
        assert "在 1 处登录" in text(client.get(SESSIONS))
        assert "须在" not in text(client.get(ACCOUNT))

    def test_the_list_grows_without_more_questions(self, cast, two, django_assert_num_queries):
        def count():
            with django_assert_num_queries(4):  # session, user, sessions, roles
                two[0].get(SESSIONS)

        two[0].get(SESSIONS)
        count()
        for number in range(5):
            session = Session.objects.create(
                session_key=f"k{number}", expire_date=timezone.now() + dt.timedelta(hours=1)
            )
            note_session(
                user_id=cast.clerk.pk,
                session_key=session.session_key,
                address="10.0.0.1",
                agent="",
            )
        count()

    def test_use_is_noted_each_minute_and_the_beginning_stays(self, cast, sign_in):
        with time_machine.travel(NOW, tick=False) as clock:
            client = sign_in(Client(), cast.clerk)
            client.get(STAFF_PAGE)
            clock.shift(30)
            client.get(STAFF_PAGE)
            assert UserSession.objects.get().seen_at == NOW
            clock.shift(60)
            client.get(STAFF_PAGE)
            row = UserSession.objects.get()
            assert (row.began_at, row.seen_at) == (NOW, NOW + dt.timedelta(seconds=90))

    def test_sessions_that_are_over_are_swept(self, cast, two):
        Session.objects.filter(session_key=UserSession.objects.first().session_key).update(
            expire_date=timezone.now()
        )
        assert len(selectors.sessions_of(cast.clerk, here="")) == 1
        assert sweep_sessions() == 1
        assert Session.objects.count() == UserSession.objects.count() == 1


class TestRenewal:
    RENEW = "/sign-in/renew/"

    def test_the_idle_clock_begins_anew_and_the_other_does_not(self, cast, sign_in):
        with time_machine.travel(NOW, tick=False) as clock:
            client = sign_in(Client(), cast.clerk)
            page = client.get(STAFF_PAGE).content.decode()
            assert 'data-idle="1800" data-absolute="43200"' in page
            for _ in range(3):
                clock.shift(25 * 60)
                left = client.post(self.RENEW, headers={"x-requested-with": "fetch"}).json()
            assert left == {"idle": 1800, "absolute": 43200 - 75 * 60}
            assert client.get(STAFF_PAGE).status_code == 200

    def test_within_the_minute_too(self, cast, sign_in):
        with time_machine.travel(NOW, tick=False) as clock:
            client = sign_in(Client(), cast.clerk)
            client.get(STAFF_PAGE)
            clock.shift(59)
            left = client.post(self.RENEW, headers={"x-requested-with": "fetch"}).json()
            assert left["idle"] == 1800

    def test_firms_have_their_own_limit(self, cast, sign_in):
        with time_machine.travel(NOW, tick=False):
            client = sign_in(PageClient(), cast.firm_head)
            assert 'data-idle="10800"' in text(client.get("/enterprise/"))

    def test_without_script_it_leads_back(self, cast, sign_in):
        client = sign_in(Client(), cast.clerk)
        assert target(client.post(self.RENEW, {"next": STAFF_PAGE})) == STAFF_PAGE
        assert target(client.post(self.RENEW)) == "/staff/"
        assert target(client.post(self.RENEW, {"next": "https://evil.example/"})) == "/staff/"
        assert client.get(self.RENEW).status_code == 405

    def test_a_stranger_is_led_to_the_door(self, db, client):
        assert target(client.post(self.RENEW)) == SIGN_IN


class TestAccountPage:
    def test_the_sign_in_before_is_shown(self, clerk, page_client):
        with time_machine.travel(NOW, tick=False) as clock:
            for shift in range(2):
                page_client.cookies.clear()
                post_password(page_client, "clerk")
                page_client.post("/sign-in/code/", {"code": code_for(clerk.secret)})
                page = text(page_client.get(ACCOUNT))
                if shift == 0:
                    assert "没有更早的登录记录" in page
                clock.shift(3600)
        assert "<dd>2026-09-24 11:00，地址 127.0.0.1</dd>" in page
        assert "<dd>2026-09-24 10:00，地址 127.0.0.1</dd>" in page
        for words in ("王静", "淮南市应急管理局", "录入员", "已启用", "2 处"):
            assert words in page
        assert "须在 " in page

    def test_codes_left_are_counted(self, clerk, sign_in, page_client):
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        sign_in(page_client, clerk)
        assert "没有可用的备用码" in text(page_client.get(ACCOUNT))
        RecoveryCodes.activate(clerk)
        assert "还有 10 个可用" in text(page_client.get(ACCOUNT))


class TestPasswords:
    NEW = "Grey-Anvil-77-Fern"

    def test_an_old_password_of_staff_must_be_changed(self, cast, sign_in, page_client):
        for client in (page_client, Client()):  # the other one ends with the old password
            sign_in(client, cast.clerk).get(STAFF_PAGE)
        User.objects.update(password_changed_at=timezone.now() - dt.timedelta(days=91))
        detour = page_client.get(STAFF_PAGE)
        assert target(detour) == reverse("account_change_password")
        assert "您的密码已使用超过 90 天，按规定须更换后才能继续办理。" in text(
            page_client.get(detour["Location"])
        )
        done = page_client.post(
            detour["Location"],
            {"oldpassword": PASSWORD, "password1": self.NEW, "password2": self.NEW},
        )
        assert done["Location"] == STAFF_PAGE
        assert page_client.get(STAFF_PAGE).status_code == 200
        assert "在 1 处登录" in text(page_client.get(SESSIONS))

    @pytest.mark.parametrize(("days", "old"), [(89, False), (90, True)])
    def test_the_day_comes_from_the_rules(self, cast, days, old):
        cast.clerk.password_changed_at = timezone.now() - dt.timedelta(days=days)
        assert security.password_is_too_old(cast.clerk) is old

    def test_firms_keep_theirs(self, cast, sign_in, page_client):
        sign_in(page_client, cast.firm_head)
        User.objects.update(password_changed_at=timezone.now() - dt.timedelta(days=900))
        assert page_client.get("/enterprise/").status_code == 200

    def test_the_last_five_do_not_come_back(self, cast):
        for number in range(5):
            validate_password(f"{self.NEW}-{number}", cast.clerk)
            change_own_password(user=cast.clerk, password=f"{self.NEW}-{number}")
        with pytest.raises(ValidationError, match="不能与当前密码相同"):
            validate_password(f"{self.NEW}-4", cast.clerk)
        with pytest.raises(ValidationError, match="不能与最近 5 次使用过的密码相同"):
            validate_password(f"{self.NEW}-0", cast.clerk)
        validate_password(PASSWORD, cast.clerk)
        assert UsedPassword.objects.filter(user=cast.clerk).count() == 5

    def test_those_of_others_do_not_count(self, cast):
        make_user("second", password=self.NEW)
        validate_password(self.NEW, cast.clerk)
        validate_password(self.NEW)

    def test_a_reset_counts_too(self, cast):
        with pytest.raises(AccountRefused, match="不能与当前密码相同"):
            reset_sign_in(user=cast.clerk, password=PASSWORD, by=cast.sysadmin, reason="忘记")
        reset_sign_in(user=cast.clerk, password=self.NEW, by=cast.sysadmin, reason="忘记")
        with pytest.raises(AccountRefused, match="最近 5 次"):
            reset_sign_in(user=cast.clerk, password=PASSWORD, by=cast.sysadmin, reason="忘记")


class TestPhone:
    URL = "/sign-in/phone/"

    @pytest.fixture
    def person(self, cast, sign_in):
        return cast.firm_head, sign_in(PageClient(), cast.firm_head)

    def test_seen_and_changed(self, person):
        user, client = person
        assert self.URL in text(client.get(ACCOUNT))
        body = {"phone": "138 5540 0001", "password": PASSWORD}
        assert client.post(self.URL, body)["Location"] == ACCOUNT
        assert "手机号已改为 13855400001" in text(client.get(ACCOUNT))
        assert 'value="13855400001"' in text(client.get(self.URL))
        event = AuditEvent.objects.get(action="account.phone_changed")
        assert (event.actor_id, event.changes["to"]) == (user.pk, "0001")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"phone": "123"}, "手机号应为 11 位"),
            ({"phone": ""}, "请填写手机号"),
            ({"password": ""}, "请填写当前密码"),
            ({"password": "wrong"}, "密码"),
        ],
    )
    def test_a_wrong_answer_changes_nothing(self, person, changes, words):
        user, client = person
        page = text(client.post(self.URL, {"phone": "13855400001", "password": PASSWORD} | changes))
        assert words in page
        assert "field--bad" in page
        user.refresh_from_db()
        assert user.phone != "13855400001"
        assert not AuditEvent.objects.filter(action="account.phone_changed").exists()

    def test_guesses_are_counted(self, person):
        """A stolen session is no place to guess the password."""
        _, client = person
        body = {"phone": "13855400001", "password": "wrong"}
        pages = [text(client.post(self.URL, body)) for _ in range(6)]
        assert "分钟后再试" in pages[-1]
        assert "分钟后再试" in text(client.post(self.URL, body | {"password": PASSWORD}))

    def test_without_a_password_of_ours(self, person):
        user, client = person
        user.set_unusable_password()
        user.save()
        client.force_login(user)
        page = text(client.get(ACCOUNT))
        assert "没有，您通过政务服务网登录" in page
        assert self.URL not in page
        assert "/sign-in/password/" not in page
        assert client.get(self.URL)["Location"] == ACCOUNT
        assert "请联系系统管理员" in text(client.get(ACCOUNT))
        assert PageClient().get(self.URL)["Location"].startswith(SIGN_IN)
