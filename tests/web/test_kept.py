"""A form over the sign-in: kept for its person at its browser, shown to nobody else, sent by nobody."""

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from credit_portal.accounts.cookies import KEPT_FORM, LAST_PERSON
from credit_portal.accounts.models import KeptForm
from credit_portal.accounts.services import (
    drop_kept_form,
    keep_form,
    kept_form,
    kept_forms,
    sweep_kept_forms,
)
from publicity.models import PenaltyDecision
from tests.accounts.door import NOW
from tests.factories.publicity import Team, make_penalty, submitted
from tests.pages import PageClient

NEW = "/staff/publicity/penalty/new/"
SENTENCE = "登录已失效，您填写的内容已保留，请核对后再次提交。"
BACK = {"referer": f"http://testserver{NEW}"}
TYPED = {
    "party_name": "淮南某“某”化工<有限>公司",
    "facts": "第一段。\n第二段 & 更多。",
    "penalty_category": ["警告", "其他"],
    "penalty_category_other": "责令限期改正",
    "party_category": "个体工商户",
    "tax_number": "3404",
}


@pytest.fixture
def clerk(cast, sign_in):
    """At a browser of her own, signed in and looked around."""
    client = sign_in(PageClient(), cast.clerk)
    client.get(NEW)
    return client


def send(client, path=NEW, data=TYPED, **headers):
    return client.post(path, data, headers=BACK | headers)


def again(client, cast, sign_in, who="clerk"):
    sign_in(client, getattr(cast, who))
    return client


@pytest.mark.parametrize("end", ["row gone", "idle", "signed out"])
def test_whatever_ended_the_session_the_text_comes_back(cast, sign_in, end):
    with time_machine.travel(NOW, tick=False) as clock:
        clerk = again(PageClient(), cast, sign_in)
        clerk.get(NEW)
        if end == "idle":
            clock.shift(31 * 60)
        elif end == "row gone":
            Session.objects.all().delete()
        else:
            clerk.post(reverse("account_logout"))
        answer = send(clerk)
        assert answer["Location"] == "/sign-in/?next=%2Fstaff%2Fpublicity%2Fpenalty%2Fnew%2F"
        door = clerk.get(answer["Location"]).content.decode()
        assert "登录已失效，您填写的内容已保留。请用原来的账号重新登录后继续。" in door
        assert "某化工" not in door

        page = again(clerk, cast, sign_in).get(NEW).content.decode()
    assert SENTENCE in page
    assert 'value="淮南某“某”化工&lt;有限&gt;公司"' in page
    assert ">\n第一段。\n第二段 &amp; 更多。</textarea>" in page
    assert 'value="责令限期改正"' in page
    assert page.count(" checked") == 2
    assert '<option value="个体工商户" selected>' in page
    assert PenaltyDecision.objects.count() == 0
    assert "保存的内容" not in page


def test_a_night_outlives_the_cookie_of_the_session(cast, clerk, sign_in, settings):
    del clerk.cookies[settings.SESSION_COOKIE_NAME]
    send(clerk)

    assert SENTENCE in again(clerk, cast, sign_in).get(NEW).content.decode()


def test_it_can_be_loaded_again_until_it_is_sent(cast, clerk, sign_in):
    Session.objects.all().delete()
    send(clerk)
    again(clerk, cast, sign_in)
    for _ in range(2):
        assert SENTENCE in clerk.get(NEW).content.decode()
    assert SENTENCE not in clerk.get("/staff/publicity/permit/new/").content.decode()

    send(clerk)
    assert SENTENCE not in clerk.get(NEW).content.decode()
    assert not KeptForm.objects.exists()


def test_it_can_be_given_up(cast, clerk, sign_in):
    Session.objects.all().delete()
    send(clerk)
    again(clerk, cast, sign_in)
    gone = clerk.post(reverse("account_drop_kept_form"), {"next": NEW})

    assert gone["Location"] == NEW
    assert SENTENCE not in clerk.get(NEW).content.decode()
    assert not KeptForm.objects.exists()


def test_nobody_else_sees_it_at_this_browser(cast, clerk, sign_in):
    Session.objects.all().delete()
    send(clerk)

    assert SENTENCE not in again(clerk, cast, sign_in, "other_clerk").get(NEW).content.decode()
    assert SENTENCE in again(clerk, cast, sign_in).get(NEW).content.decode()


def test_the_same_person_elsewhere_has_not_the_key(cast, clerk, sign_in):
    Session.objects.all().delete()
    send(clerk)

    assert SENTENCE not in again(Client(), cast, sign_in).get(NEW).content.decode()


def test_half_a_sign_in_shows_nothing(cast, clerk, sign_in):
    Session.objects.all().delete()
    send(clerk)
    sign_in(clerk, cast.clerk, factor=False)

    assert clerk.get(NEW)["Location"].startswith("/sign-in/code/")


def test_a_new_password_that_is_due_keeps_it_too(cast, clerk):
    cast.clerk.must_change_password = True
    cast.clerk.save()
    answer = send(clerk)
    assert answer["Location"].startswith("/sign-in/password/?next=")
    assert "请先完成这一步，然后继续。" in clerk.get(answer["Location"]).content.decode()
    cast.clerk.must_change_password = False
    cast.clerk.save()
    assert SENTENCE in clerk.get(NEW).content.decode()


def test_it_waits_an_hour(cast, sign_in):
    with time_machine.travel(NOW, tick=False) as clock:
        clerk = again(Client(), cast, sign_in)
        clerk.get(NEW)
        Session.objects.all().delete()
        send(clerk)
        clock.shift(60 * 60)
        assert SENTENCE not in again(clerk, cast, sign_in).get(NEW).content.decode()
        assert sweep_kept_forms() == 1


def test_the_database_alone_does_not_tell(cast, clerk):
    Session.objects.all().delete()
    send(clerk)
    row = KeptForm.objects.get()

    assert "化工" not in row.content
    assert clerk.cookies[KEPT_FORM].value not in (row.lookup, row.content)
    assert clerk.cookies[KEPT_FORM]["httponly"]


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({"referer": ""}, TYPED),
        ({"referer": "http://evil.example/"}, TYPED),
        ({}, {"facts": "长" * 100_000}),
    ],
)
def test_what_cannot_be_kept_is_said_to_be_lost(clerk, headers, data):
    Session.objects.all().delete()
    answer = clerk.post(NEW, data, headers=BACK | headers)

    assert "刚才提交的内容没有保存" in clerk.get(answer["Location"]).content.decode()
    assert not KeptForm.objects.exists()


def test_a_stranger_keeps_nothing(db, client):
    client.cookies[LAST_PERSON] = "1:forged:signature"
    send(client)

    assert not KeptForm.objects.exists()


def test_without_the_token_of_the_form_nothing_is_kept(cast, sign_in):
    strict = again(Client(enforce_csrf_checks=True), cast, sign_in)
    strict.get(NEW)
    Session.objects.all().delete()

    assert send(strict).status_code == 403
    assert not KeptForm.objects.exists()


def test_our_scripts_are_told_in_short(clerk):
    Session.objects.all().delete()
    answer = clerk.post(NEW, TYPED | {"draft": "save"}, headers={"x-requested-with": "fetch"})

    assert (answer.status_code, answer.json()) == (401, {"sentence": "登录已失效。"})
    assert not KeptForm.objects.exists()


def test_the_reason_of_a_return_unfolds_with_its_text(cast, sign_in):
    team = Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
    row = submitted(make_penalty(team), team)
    page = f"/staff/publicity/penalty/{row.pk}/"
    client = again(PageClient(), cast, sign_in, "reviewer")
    client.get(page)
    Session.objects.all().delete()
    body = {"reason": "请补充条款。", "action": "return"}
    client.post(page, body, headers={"referer": f"http://testserver{page}"})

    again(client, cast, sign_in, "reviewer")
    shown = client.get(page).content.decode()
    assert SENTENCE in shown
    assert "请补充条款。</textarea>" in shown
    assert '<details class="why" open>' in shown
    row.refresh_from_db()
    assert row.state == "in_review"

    PenaltyDecision.objects.update(state="draft")
    shown = client.get(page).content.decode()
    assert "本页现在没有可以填写它的表单" in shown
    assert "请补充条款。" in shown


def test_files_are_said_not_to_be_kept(cast, clerk, sign_in, tmp_path):
    upload = "/staff/publicity/imports/new/"
    Session.objects.all().delete()
    sheet = tmp_path / "表.xlsx"
    sheet.write_bytes(b"x")
    with sheet.open("rb") as file:
        answer = clerk.post(
            upload,
            {"kind": "permit", "file": file},
            headers={"referer": f"http://testserver{upload}"},
        )
    assert "上传的文件未保留，需要重新选择。" in clerk.get(answer["Location"]).content.decode()

    page = again(clerk, cast, sign_in).get(upload).content.decode()
    assert "上传的文件需要重新选择。" in page
    assert 'value="permit" selected' in page or 'value="permit" id="id_kind_1" checked' in page


def test_downloads_and_redirects_are_left_alone(cast, clerk, sign_in):
    Session.objects.all().delete()
    template = "/staff/publicity/imports/templates/penalty/"
    clerk.post(NEW, TYPED, headers={"referer": f"http://testserver{template}"})

    assert "登录已失效" not in str(again(clerk, cast, sign_in).get(template).headers)


class TestServices:
    def keep(self, user, **changes):
        given = {"page": "/a/", "action": "/b/", "fields": {"x": ["甲"]}, "files": False} | changes
        return keep_form(user_id=user.pk, **given)

    def test_a_few_of_each_person(self, cast):
        keys = [self.keep(cast.clerk) for _ in range(kept_forms.MOST + 2)]
        self.keep(cast.reviewer)

        opened = [kept_form(user=cast.clerk, key=key, page="/a/") for key in keys]
        assert [bool(one) for one in opened] == [False] * 2 + [True] * kept_forms.MOST

    def test_people_who_are_gone_keep_nothing(self, cast):
        cast.clerk.is_active = False
        cast.clerk.save()
        assert self.keep(cast.clerk) == ""

    def test_a_key_opens_one_page_of_one_person(self, cast):
        key = self.keep(cast.clerk)
        assert kept_form(user=cast.clerk, key=key, page="/a/").fields == {"x": ["甲"]}
        assert kept_form(user=cast.clerk, key=key, page="/b/") is None
        assert kept_form(user=cast.reviewer, key=key, page="/a/") is None
        assert kept_form(user=cast.clerk, key="other", page="/a/") is None

    def test_rows_that_were_tampered_with_open_to_nobody(self, cast):
        key, other = self.keep(cast.clerk), self.keep(cast.reviewer)
        rows = KeptForm.objects
        rows.filter(user=cast.reviewer).update(user=cast.clerk)
        assert kept_form(user=cast.clerk, key=other, page="/a/") is None
        rows.update(content="x")
        assert kept_form(user=cast.clerk, key=key, page="/a/") is None

    def test_dropping_needs_the_person(self, cast):
        key = self.keep(cast.clerk)
        drop_kept_form(user=cast.reviewer, key=key)
        assert KeptForm.objects.count() == 1
        drop_kept_form(user=cast.clerk, key=key)
        assert KeptForm.objects.count() == 0
