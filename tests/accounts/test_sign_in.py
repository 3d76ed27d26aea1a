"""The one door, over the real pages."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse

from credit_portal.accounts.models import SignInTrial
from credit_portal.audit.models import AuditEvent
from tests.accounts.door import NOW, SIGN_IN, STAFF_PAGE, code_for, post_password, target, text
from tests.factories.accounts import PASSWORD, make_user
from tests.pages import PageClient


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

    def test_after_a_wrong_code_the_box_is_empty_and_the_account_is_named(self, clerk, page_client):
        post_password(page_client, "clerk")
        page = text(page_client.post(reverse("mfa_authenticate"), {"code": "123456"}))

        assert "动态口令不正确" in page
        assert "正在登录的账号：clerk" in page
        (box,) = re.findall(r'<input[^>]*name="code"[^>]*>', page)
        assert "autofocus" in box
        assert "123456" not in page
        assert page.count("autofocus") == 1

    def test_after_a_wrong_password_the_name_stays(self, clerk, page_client):
        page = text(post_password(page_client, "clerk", "wrong"))

        assert 'value="clerk"' in page
        assert "wrong" not in page

    @pytest.mark.parametrize(
        "evil",
        [
            "//evil.example",
            "//evil.example/staff/",
            "https:evil",
            "https://evil.example/",
            "/\\evil",
            "\\\\evil.example",
            "javascript:alert(1)",
            "///evil.example",
            "http:///evil.example",
            "\t//evil.example",
        ],
    )
    def test_no_next_leads_off_the_site(self, clerk, page_client, evil):
        """Through the whole door: the page does not carry it on, the end does not follow it."""
        door = page_client.get(SIGN_IN, {"next": evil})
        assert "evil" not in text(door)
        assert "alert(1)" not in text(door)
        wrong = post_password(page_client, "clerk", "wrong", query_params={"next": evil})
        assert "evil" not in text(wrong)

        second = page_client.post(
            f"{SIGN_IN}?{urlencode({'next': evil})}",
            {"login": "clerk", "password": PASSWORD, "next": evil},
        )
        assert target(second) == reverse("mfa_authenticate")
        assert "evil" not in second["Location"]
        last = page_client.post(reverse("mfa_authenticate"), {"code": code_for(clerk.secret)})

        assert last["Location"] == "/staff/"

    @pytest.mark.parametrize(
        "name", ["account_reauthenticate", "mfa_reauthenticate", "account_change_password"]
    )
    def test_pages_about_the_account_lead_back_and_nowhere_else(
        self, clerk, sign_in, page_client, name
    ):
        sign_in(page_client, clerk)
        page = text(page_client.get(reverse(name), {"next": "//evil.example"}))

        assert "evil" not in page
        assert f'href="{reverse("mfa_index")}"' in page
        assert f'value="{STAFF_PAGE}"' in text(page_client.get(reverse(name), {"next": STAFF_PAGE}))


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
        assert "企业的事项请从" in text(response)
        assert "安全管理员" not in text(response)

    def test_a_person_without_roles_is_told_so(self, db, page_client):
        make_user()

        assert target(post_password(page_client, "somebody")) == "/enterprise/"
        assert "不能代表任何企业" in page_client.get("/enterprise/").content.decode()
