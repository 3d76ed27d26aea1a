"""The page where staff say by which way they want to hear of news."""

import re

import pytest

from credit_portal.notices import services
from credit_portal.notices.models import Contact, Dispatch

PAGE = "/staff/notices/contact/"


@pytest.fixture
def client(cast, sign_in, page_client):
    return sign_in(page_client, cast.clerk)


def text_of(answer):
    return answer.content.decode()


def test_an_address_is_given_confirmed_and_used(cast, client, post):
    assert "接收方式" in text_of(client.get("/staff/notices/"))
    sent = client.post(PAGE, {"email": "clerk@huainan.example", "mail_daily": "on"}, follow=True)
    assert "确认码已发往新邮箱" in text_of(sent)
    assert "确认邮箱" in text_of(sent)
    services.send_due()
    code = re.search(r"\d{6}", post.text_of())[0]

    wrong = client.post(f"{PAGE}confirm/", {"code": "12"})
    assert "确认码不正确" in text_of(wrong)
    assert "请填写邮件中的 6 位确认码" in text_of(client.post(f"{PAGE}confirm/", {"code": ""}))
    done = client.post(f"{PAGE}confirm/", {"code": f" {code[:3]} {code[3:]} "}, follow=True)

    assert "邮箱已确认" in text_of(done)
    contact = Contact.objects.get(user=cast.clerk)
    assert (contact.mail_daily, contact.mail_urgent) == (True, False)
    assert "已发送" in text_of(done)


def test_another_code(cast, client, post):
    assert "没有待确认的邮箱" in text_of(client.post(f"{PAGE}code/", follow=True))
    client.post(PAGE, {"email": "clerk@huainan.example"})
    assert "请过 1 分钟再试" in text_of(client.post(f"{PAGE}code/", follow=True))
    Contact.objects.update(code_sent_at="2026-01-01T00:00:00Z")
    assert "确认码已发往 clerk@huainan.example" in text_of(client.post(f"{PAGE}code/", follow=True))
    assert Dispatch.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "clerk@"}, "邮箱地址不完整"),
        ({"text_urgent": "on"}, "账号中没有手机号"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client, post, messages, given, words):
    answer = client.post(PAGE, given)

    assert words in text_of(answer)
    assert not Contact.objects.exists()
    assert given.get("email", "") in text_of(answer)


def test_an_installation_without_mail_says_so(client, settings):
    settings.MAIL_IS_ON, settings.MESSENGER = False, ""
    assert "本系统没有配置邮件和短信" in text_of(client.get(PAGE))
    assert "已保存" in text_of(client.post(PAGE, {"email": "x@y.example"}, follow=True))
    assert not Contact.objects.exclude(email="").exists()
