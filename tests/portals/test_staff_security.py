"""待办 of the security administrator."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_portal.accounts.models import SignInTrial
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import end_role, enrol_totp, grant_role
from credit_portal.accounts.services import sign_in as door
from tests.pages import PageClient

HOME = reverse("staff:home")
PASSWORD, FACTOR, LETTER = SignInTrial.Kind
HERE, THERE = "203.0.113.9", "203.0.113.10"


@pytest.fixture
def watcher(sign_in, cast):
    return sign_in(PageClient(), cast.secadmin)


def fail(kind, account, address=HERE, times=1):
    for _ in range(times):
        door.begin_attempt(kind=kind, account=account, address=address)


def main(client):
    """The content of the page, without menus and bars."""
    page = client.get(HOME).content.decode()
    return re.search(r"<main.*</main>", page, re.DOTALL).group()


def test_a_quiet_day(watcher, cast):
    enrol_totp(user=cast.secadmin, by=None)
    page = main(watcher)
    assert "近 24 小时没有登录失败" in page
    assert "工作人员均已设置动态口令" in page
    assert "没有待办" not in page


def test_what_failed_is_named_and_what_was_typed_is_not(watcher, cast):
    fail(PASSWORD, cast.clerk.username, times=5)
    fail(PASSWORD, "Blue-Kettle-42-Moss")
    fail(LETTER, "letter")
    for number in range(50):
        fail(PASSWORD, f"name{number}", THERE)
    page = main(watcher)
    for words in (
        "王静",
        "锁定至",
        "未锁定",
        "1 个不存在的账号",
        "50 个不存在的账号",
        "企业激活函",
        "该地址的全部账号",
        HERE,
    ):
        assert words in page, words
    assert "kettle" not in page.lower()
    assert "name49" not in page


def test_who_has_no_second_factor(watcher, cast):
    enrol_totp(user=cast.secadmin, by=None)
    assert cast.head
    bare = watcher.get(HOME).context["bare"]
    assert [line.user for line in bare.lines] == [cast.head]
    assert (bare.count, bare.staff) == (1, 2)
    assert "从未登录" in main(watcher)


def test_roles_that_came_and_went(watcher, cast):
    grant_role(user=cast.clerk, role=Role.REVIEWER, department=cast.county, by=cast.secadmin)
    end_role(membership=cast.officer.memberships.get(), by=cast.secadmin)
    lines = {
        (line.change.membership.role, line.change.given): (line.place, line.by)
        for line in watcher.get(HOME).context["role_changes"]
    }
    assert lines["reviewer", True] == ("寿县应急管理局", "马超")
    assert lines["clerk", True] == ("淮南市应急管理局", "系统命令")
    assert lines["committee_officer", False] == ("全市", "")


def test_the_cards_lead_to_the_tables_of_this_page(watcher, cast):
    fail(PASSWORD, cast.clerk.username, times=5)
    page = main(watcher)
    links = set(re.findall(r'href="([^"]*)"', page))
    assert links == {"#failures", "#bare"}
    for link in links:
        assert f'id="{link[1:]}"' in page


@pytest.mark.parametrize("person", ["clerk", "officer", "sysadmin", "auditor"])
def test_nobody_else_sees_it(cast, sign_in, person):
    page = sign_in(PageClient(), getattr(cast, person)).get(HOME)
    assert not page.context["watches"]
    assert "登录失败" not in page.content.decode()


def test_the_security_administrator_sees_nothing_of_other_offices(watcher):
    context = watcher.get(HOME).context
    assert not context["oversees"]
    assert (context["cards"], context["rates"], context["runs"]) == ([], (), ())
    assert watcher.get(reverse("staff:audit:list")).status_code == 403


def test_the_number_of_queries_does_not_grow(watcher, cast):
    def queries():
        watcher.get(HOME)
        with CaptureQueriesContext(connection) as found:
            watcher.get(HOME)
        return len(found)

    fail(PASSWORD, cast.clerk.username)
    few = queries()
    for user in (cast.reviewer, cast.head, cast.other_clerk, cast.county_clerk):
        fail(PASSWORD, user.username, times=5)
        fail(FACTOR, str(user.pk), "")
    assert queries() == few


def test_a_long_table_is_folded_after_its_first_lines(watcher, cast):
    assert "展开其余" not in main(watcher)
    for number in range(10):
        fail(PASSWORD, cast.clerk.username, f"203.0.113.{number}")
    page = main(watcher)
    assert page.count("展开其余") == 1
    assert page.index("203.0.113.9<") < page.index("展开其余") < page.index("203.0.113.0<")
