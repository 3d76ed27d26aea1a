"""What the portal tells a person."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from credit_portal.notices.models import Notice
from credit_portal.notices.selectors import unread_count
from credit_portal.notices.services import mark_read, notify

LIST = "/staff/notices/"


def tell(*people, key="due:1", **facts):
    return notify(recipients=people, key=key, text="淮应急罚〔2026〕1 号明日到期", **facts)


def test_notify_once_for_each_key(cast):
    assert tell(cast.clerk, cast.reviewer, cast.clerk) == 2
    assert tell(cast.clerk, cast.head) == 1
    assert tell(cast.clerk, key="due:2", level="red", link="/staff/") == 1
    assert tell() == 0

    notice = Notice.objects.first()
    assert (notice.recipient, notice.level, notice.link) == (cast.clerk, "red", "/staff/")
    assert str(notice) == "淮应急罚〔2026〕1 号明日到期"
    assert notice.read_at is None
    assert unread_count(cast.clerk) == 2


def test_an_unknown_level_is_a_mistake(cast):
    with pytest.raises(ValueError, match="purple"):
        tell(cast.clerk, level="purple")

    assert not Notice.objects.exists()


def test_mark_read_touches_only_ones_own(cast):
    tell(cast.clerk, cast.reviewer)
    tell(cast.clerk, key="due:2")
    others = Notice.objects.get(recipient=cast.reviewer)

    assert mark_read(by=cast.clerk, notice=others) == 0
    assert mark_read(by=cast.clerk, notice=Notice.objects.filter(recipient=cast.clerk).first()) == 1
    assert mark_read(by=cast.clerk) == 1
    assert mark_read(by=cast.clerk) == 0
    assert unread_count(cast.reviewer) == 1


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_the_same_queries_however_long(
    cast, sign_in, page_client, django_assert_num_queries, rows
):
    for number in range(rows):
        tell(cast.clerk, key=f"due:{number}", link="/staff/" if number % 2 else "")
    tell(cast.reviewer, key="other")
    sign_in(page_client, cast.clerk)
    page_client.get(LIST)

    # session, user, roles; grants for the menu; counts by level, page count, rows; department, bell
    with django_assert_num_queries(9):
        page = page_client.get(LIST)

    assert len(page.context["object_list"]) == rows
    assert page.context["desk"]["unread"] == rows


def test_unread_only(cast, sign_in, page_client):
    tell(cast.clerk, key="a")
    mark_read(by=cast.clerk)
    sign_in(page_client, cast.clerk)

    assert "没有未读通知" in page_client.get(f"{LIST}?show=unread").content.decode()
    assert len(page_client.get(LIST).context["object_list"]) == 1


@pytest.mark.parametrize(
    ("link", "target"),
    [("/sign-in/account/", "/sign-in/account/"), ("", LIST), ("https://evil.example/", LIST)],
)
def test_reading_one_leads_where_it_points(cast, sign_in, page_client, link, target):
    tell(cast.clerk, link=link)
    notice = Notice.objects.get()

    answer = sign_in(page_client, cast.clerk).post(reverse("staff:notices:read", args=[notice.pk]))

    assert answer["Location"] == target
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_anothers_notice_is_not_there(cast, sign_in, page_client):
    tell(cast.reviewer)
    notice = Notice.objects.get()

    answer = sign_in(page_client, cast.clerk).post(reverse("staff:notices:read", args=[notice.pk]))

    assert answer.status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_read_all(cast, sign_in, page_client):
    tell(cast.clerk)
    sign_in(page_client, cast.clerk)

    page = page_client.post(reverse("staff:notices:read_all"), follow=True)

    assert "已将 1 条通知标为已读。" in page.content.decode()
    assert unread_count(cast.clerk) == 0


def test_by_level_and_unread(cast, sign_in, page_client):
    tell(cast.clerk, key="a", level="red")
    mark_read(by=cast.clerk)
    tell(cast.clerk, key="b", level="red")
    tell(cast.clerk, key="c", level="amber")
    sign_in(page_client, cast.clerk)

    def shown(query):
        return [notice.key for notice in page_client.get(LIST + query).context["page_obj"]]

    assert shown("?level=red") == ["b", "a"]
    assert shown("?level=red&show=unread") == ["b"]
    assert shown("?level=purple") == ["c", "b", "a"]
    chips = page_client.get(LIST + "?level=amber&show=unread").context["levels"]
    assert [(chip["label"], chip["count"], chip["active"]) for chip in chips] == [
        ("全部级别", None, False),
        ("临期", 1, True),
        ("紧急", 1, False),
    ]
    assert chips[2]["url"] == "?show=unread&level=red"
    mark_read(by=cast.clerk)
    assert "没有这一级别的通知" in page_client.get(LIST + "?level=red&show=unread").content.decode()


def test_grouped_by_day(cast, sign_in, page_client):
    now = timezone.now()
    for key, days in (("a", 9), ("b", 1), ("c", 0), ("d", 0)):
        tell(cast.clerk, key=key)
        Notice.objects.filter(key=key).update(created_at=now - dt.timedelta(days=days))
    page = sign_in(page_client, cast.clerk).get(LIST)

    found = [(day, [notice.key for notice in rows]) for day, rows in page.context["days"]]

    long_ago = timezone.localdate() - dt.timedelta(days=9)
    assert found == [("今天", ["d", "c"]), ("昨天", ["b"]), (long_ago.isoformat(), ["a"])]
