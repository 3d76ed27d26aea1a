"""Queries that a person keeps above a list."""

from __future__ import annotations

import pytest
from django.template import TemplateSyntaxError
from django.urls import reverse

from credit_portal.desk.exceptions import QueryRefused
from credit_portal.desk.models import SavedQuery, TableColumns
from credit_portal.desk.pages import page_of
from credit_portal.desk.selectors.lists import chips, columns_of, tidy
from credit_portal.desk.services import lists as services
from credit_portal.desk.templatetags.desk import saved_queries

PAGE = "staff:publicity:decision_list:penalty"
LIST = reverse("staff:publicity:decision_list", args=["penalty"])
SAVE = reverse("staff:desk:query_save")


def keep(user, name="本周到期", query="clock=today", page=PAGE):
    return services.save_query(page=page_of(page), name=name, query=query, by=user)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_save_apply_rename_delete(cast, sign_in, page_client):
    client = sign_in(page_client, cast.clerk)
    assert "保存当前条件" not in client.get(LIST).content.decode()
    assert "保存当前条件" in client.get(LIST, {"state": "draft"}).content.decode()

    page = client.post(
        SAVE,
        {"page": PAGE, "query": "state=draft&q=&page=3&sort=deadline", "name": " 草稿  一览 "},
        follow=True,
    )
    saved = SavedQuery.objects.get()
    assert (saved.owner, saved.name, saved.query) == (
        cast.clerk,
        "草稿 一览",
        "state=draft&sort=deadline",
    )
    assert page.redirect_chain == [(f"{LIST}?state=draft&sort=deadline", 302)]
    text = page.content.decode()
    assert '<a class="chip" href="?state=draft&amp;sort=deadline" aria-current="true">' in text
    assert "保存当前条件" not in text
    assert str(saved) == "草稿 一览"

    rename = reverse("staff:desk:query_rename", args=[saved.pk])
    page = client.post(rename, {"name": "草稿", "query": "state=draft"}, follow=True)
    assert said(page) == ["名称已改为“草稿”。"]
    assert page.redirect_chain == [(f"{LIST}?state=draft", 302)]

    page = client.post(reverse("staff:desk:query_delete", args=[saved.pk]), follow=True)
    assert said(page) == ["已删除查询“草稿”，信息本身没有变动。"]
    assert not SavedQuery.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "state=draft", "请填写名称。"),
        ("长" * 31, "state=draft", "名称不能超过 30 字，现有 31 字"),
        ("本周到期", "state=draft", "已有名为“本周到期”的查询"),
        ("新", "page=2&q=", "当前没有查询条件"),
        ("新", "q=" + "x" * 1001, "查询条件太长"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_lost(
    cast, sign_in, page_client, name, query, sentence
):
    keep(cast.clerk)
    client = sign_in(page_client, cast.clerk)
    page = client.post(SAVE, {"page": PAGE, "query": query, "name": name})
    text = page.content.decode()
    assert sentence in text
    assert f'value="{name}"' in text or not name
    assert SavedQuery.objects.count() == 1


def test_a_bad_new_name_keeps_the_old_one(cast, sign_in, page_client):
    keep(cast.clerk, "甲")
    saved = keep(cast.clerk, "乙", "clock=overdue")
    client = sign_in(page_client, cast.clerk)
    page = client.post(reverse("staff:desk:query_rename", args=[saved.pk]), {"name": "甲"})
    assert "已有名为“甲”的查询" in page.content.decode()
    saved.refresh_from_db()
    assert saved.name == "乙"


def test_twenty_for_each_list_and_no_more(cast):
    for number in range(20):
        keep(cast.clerk, f"查询 {number}")
    with pytest.raises(QueryRefused, match="每个列表最多保存 20 个查询"):
        keep(cast.clerk, "第二十一个")
    keep(cast.clerk, "另一个列表", page="staff:audit:list")
    keep(cast.reviewer, "另一个人")


def test_each_sees_and_touches_only_the_own(cast, sign_in, page_client):
    saved = keep(cast.reviewer)
    client = sign_in(page_client, cast.clerk)
    assert "本周到期" not in client.get(LIST).content.decode()
    for name in ("query_rename", "query_delete"):
        answer = client.post(reverse(f"staff:desk:{name}", args=[saved.pk]), {"name": "我的"})
        assert answer.status_code == 404
    assert client.post(SAVE, {"page": "staff:home", "name": "x", "query": "a=1"}).status_code == 404
    assert SavedQuery.objects.get().name == "本周到期"


@pytest.mark.parametrize("saved", [1, 20])
def test_the_list_takes_one_query_for_the_chips(
    cast, sign_in, page_client, django_assert_num_queries, saved
):
    page = reverse("staff:publicity:batch_list")
    for number in range(saved):
        keep(cast.clerk, f"查询 {number}", page="staff:publicity:batch_list")
    client = sign_in(page_client, cast.clerk)
    client.get(page)
    with django_assert_num_queries(8):
        client.get(page)


def test_the_present_query_is_known_in_any_order(cast):
    keep(cast.clerk, query="state=draft&clock=today")
    assert chips(cast.clerk, PAGE, "clock=today&page=2&state=draft")[0].active
    assert not chips(cast.clerk, PAGE, "clock=today")[0].active


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?a=1&page=2&b=", "a=1"),
        ("%FF=%00&q=%E6%B7%AE", "=&q=%E6%B7%AE"),
        ("&".join(f"a{n}=1" for n in range(99)), "&".join(f"a{n}=1" for n in range(50))),
    ],
)
def test_addresses_are_tidied(query, kept):
    assert tidy(query) == kept


def test_a_list_nobody_registered_is_a_mistake_of_the_template(rf):
    with pytest.raises(TemplateSyntaxError, match="no list page"):
        saved_queries({"request": rf.get("/")}, "staff:home")


def test_columns_of_nobody(cast):
    assert columns_of(cast.clerk, PAGE) == ()
    row = services.keep_columns(page=page_of(PAGE), columns=["state"], by=cast.clerk)
    assert (columns_of(cast.clerk, PAGE), str(row)) == (("state",), PAGE)
    services.forget_columns(page=page_of(PAGE), by=cast.clerk)
    assert not TableColumns.objects.exists()


def test_who_comes_back_after_a_sign_in_is_led_to_the_desk(cast, sign_in, page_client):
    assert sign_in(page_client, cast.clerk).get(SAVE)["Location"] == reverse("staff:home")
