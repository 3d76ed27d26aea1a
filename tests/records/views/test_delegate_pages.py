"""The pages on which a head keeps the delegates."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.accounts.models import RoleMembership, User
from credit_portal.regulations.dates import add_months
from records.services import end_delegate
from tests.factories.accounts import FIRM, OTHER_FIRM, make_user
from tests.factories.publicity import make_firm
from tests.records.test_delegates import appoint, days

pytestmark = pytest.mark.django_db
LIST = f"/enterprise/{FIRM}/delegates/"
NEW = f"{LIST}new/"
BODY = {"name": "朱飞", "phone": "13800000000", "username": "delegate", "scope": ["view"]}


@pytest.fixture
def desk(cast, sign_in, page_client):
    make_firm()
    return sign_in(page_client, cast.firm_head)


def text(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_somebody_new_gets_a_password_once(desk):
    page = text(desk.post(NEW, BODY | {"valid_until": days(30)}))
    held = RoleMembership.objects.delegations(FIRM).get()
    assert "初始密码只显示这一次" in page
    assert held.valid_until == days(30)
    page = text(desk.get(LIST))
    assert "朱飞" in page
    assert "还有 30 天" in page
    assert "初始密码只显示" not in page


def test_somebody_known_keeps_the_account(desk):
    known = make_user("delegate", name="朱飞")
    User.objects.filter(pk=known.pk).update(phone="".join(BODY["phone"].split()))
    answer = desk.post(NEW, BODY | {"valid_until": f"{days(30):%Y%m%d}", "scope": ["submit"]})
    assert answer["Location"] == LIST
    assert RoleMembership.objects.delegations(FIRM).get().scope == ["view", "submit"]
    assert "可以用原有账号登录" in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_until": ""}, "请填写授权截止日，或选择授权期限"),
        ({"period": "other", "valid_until": ""}, "请填写授权截止日"),
        ({"period": "6"}, "请清空日期，或者改选"),
        ({"period": "7"}, "选择一个有效的选项"),
        ({"valid_until": "明天"}, "日期请按"),
        ({"valid_until": "2020-01-01"}, "不能早于今天"),
        ({"valid_until": "2999-01-01"}, "授权最长 1 年"),
        ({"scope": []}, "请选择可以办理的事项"),
        ({"scope": ["appoint"]}, "选择"),
        ({"phone": "1"}, "手机号应为 11 位"),
        ({"username": "clerk"}, "请与本人核对用户名、姓名和手机号"),
        ({"username": "Admin"}, "由系统保留"),
        ({"username": "ab"}, "用户名至少 4 个字符"),
        ({"username": "带 空格 的"}, "用户名"),
    ],
)
def test_wrong_input_loses_nothing(desk, cast, changes, words):
    assert cast.clerk
    page = text(desk.post(NEW, BODY | {"valid_until": days(30)} | changes))
    assert words in page
    assert 'value="朱飞"' in page
    assert not User.objects.filter(username="delegate").exists()


@pytest.mark.parametrize(
    ("name", "fits"), [("<img src=x>", False), ("王1", False), ("买买提·艾山", True), ("䶮", True)]
)
def test_a_name_is_made_of_letters(desk, name, fits):
    answer = desk.post(NEW, BODY | {"valid_until": days(30), "name": name})
    assert User.objects.filter(name=name).exists() is fits
    assert ("姓名只能有汉字、字母和间隔号" in text(answer)) is not fits


def test_change_and_end(desk, cast):
    held = appoint(cast).membership
    url = f"{LIST}{held.pk}/"
    assert f'value="{held.valid_until}"' in text(desk.get(url))
    assert "不能早于今天" in text(desk.post(url, {"scope": ["view"], "valid_until": "2020-01-01"}))
    assert desk.post(url, {"scope": ["view", "submit"], "valid_until": days(3)})["Location"] == LIST
    assert "即将到期" in text(desk.get(LIST))
    assert "已结束" in text(desk.post(f"{url}end/", follow=True))
    assert desk.post(f"{url}end/").status_code == desk.get(url).status_code == 404
    page = text(desk.get(LIST))
    assert "还没有经办人" in page
    for words in ("已结束的授权", "朱飞（delegate）", cast.firm_head.name, f"至 {days(3)}"):
        assert words in page


@pytest.mark.parametrize("months", [3, 6, 12])
def test_some_months(desk, months):
    assert text(desk.get(NEW)).count('name="period"') == 4
    text(desk.post(NEW, BODY | {"period": str(months), "valid_until": ""}))
    held = RoleMembership.objects.delegations(FIRM).get()
    assert held.valid_until == add_months(timezone.localdate(), months)


def test_another_period_for_one_who_has_a_day(desk, cast):
    """The day of before still stands in its box and is not meant."""
    held = appoint(cast, valid_until=days(9)).membership
    body = {"scope": ["view"], "period": "3", "valid_until": ""}
    desk.post(f"{LIST}{held.pk}/", body)
    held.refresh_from_db()
    assert held.valid_until == add_months(timezone.localdate(), 3)
    desk.post(f"{LIST}{held.pk}/", body | {"period": "6", "valid_until": held.valid_until})
    held.refresh_from_db()
    assert held.valid_until == add_months(timezone.localdate(), 6)


def test_a_wrong_day_stands_beside_its_field(desk):
    page = text(desk.post(NEW, BODY | {"period": "other", "valid_until": "2020-01-01"}))
    assert "field--bad" in page[page.index('name="period"') :]
    assert "不能早于今天" in page[page.index('name="valid_until"') :]


def test_what_has_ended_meanwhile(desk, cast, monkeypatch):
    """Two windows: the other one was quicker between the look and the lock."""
    held = appoint(cast).membership
    gone = RoleMembership.objects.get(pk=held.pk)
    from records.views import enterprise

    monkeypatch.setattr(enterprise.OneDelegate, "membership", property(lambda view: gone))
    RoleMembership.objects.filter(pk=held.pk).update(ended_at=timezone.now())
    answer = desk.post(f"{LIST}{held.pk}/end/", follow=True)
    assert "该授权已经结束" in text(answer)


def test_expired_ones_are_shown_as_such(desk, cast):
    held = appoint(cast).membership
    RoleMembership.objects.filter(pk=held.pk).update(
        valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    assert "已到期失效" in text(desk.get(LIST))


def test_the_head_of_another_firm_finds_nothing(desk, cast, sign_in, client):
    held = appoint(cast).membership
    make_firm(OTHER_FIRM, "寿县屿岑化工有限公司")
    sign_in(client, cast.other_firm_head)
    for url in (LIST, NEW, f"{LIST}{held.pk}/"):
        assert client.get(url).status_code == 404
    assert client.get(f"/enterprise/{OTHER_FIRM}/delegates/{held.pk}/").status_code == 404
    assert client.post(f"/enterprise/{OTHER_FIRM}/delegates/{held.pk}/end/").status_code == 404


def test_the_list_costs_the_same_for_any_number_of_rows(desk, cast):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get(LIST)
        return len(seen)

    appoint(cast)
    asked()
    one = asked()
    for number in range(4):
        appoint(cast, username=f"delegate{number}")
    end_delegate(membership=RoleMembership.objects.delegations(FIRM).last(), by=cast.firm_head)
    assert asked() == one + 1  # who ended what
    with_ended = asked()
    for held in RoleMembership.objects.delegations(FIRM)[1:]:
        end_delegate(membership=held, by=cast.firm_head)
    assert asked() == with_ended


def test_another_first_password_is_shown_once(desk, cast, sign_in, page_client):
    held = appoint(cast).membership
    url = f"{LIST}{held.pk}/password/"
    assert url in text(desk.get(LIST))
    assert "原来的初始密码立即失效" in text(desk.get(url))
    answer = desk.post(url)
    assert "初始密码只显示这一次" in text(answer)
    assert "no-store" in answer["Cache-Control"]
    User.objects.filter(pk=held.user_id).update(last_login=timezone.now())
    assert url not in text(desk.get(LIST))
    for ask in (desk.get, desk.post):  # the question is not put where the answer is refused
        assert ask(url)["Location"] == LIST
        assert "不能重新生成" in text(desk.get(LIST))


def test_whoever_is_no_longer_a_delegate_reads_why(desk, cast, sign_in, client):
    known = make_user("delegate", name="朱飞")
    User.objects.filter(pk=known.pk).update(phone=BODY["phone"])
    desk.post(NEW, BODY | {"valid_until": days(30)})
    end_delegate(membership=RoleMembership.objects.delegations(FIRM).get(), by=cast.firm_head)
    former = sign_in(client, known)
    refused = former.get("/enterprise/")
    assert refused.status_code == 403
    assert 'href="/enterprise/notices/"' in refused.content.decode()
    assert "已结束您的经办人授权" in text(former.get("/enterprise/notices/"))
    assert sign_in(client, cast.clerk).get("/enterprise/notices/").status_code == 403
