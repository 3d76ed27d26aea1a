"""The audit administrator's page."""

import pytest
import time_machine
from django.db import transaction

from credit_portal.audit.services import record
from tests.factories.accounts import Cast

PAGE = "/staff/audit/"


@pytest.fixture
def trail(cast: Cast):
    def write(action, by, day, subject=None):
        with time_machine.travel(f"{day}T10:00:00+08:00", tick=False), transaction.atomic():
            record(action, by=by, subject=subject or cast.housing)

    cast.auditor  # noqa: B018
    write("role.granted", cast.clerk, "2026-09-23")
    write("role.ended", cast.clerk, "2026-09-24")
    write("role.granted", cast.reviewer, "2026-09-25", cast.county)
    return write


def labels(page):
    return [(event.actor_name, words) for event, words in page.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since=2026-09-23&until=2026-09-24", [("王静", "收回角色"), ("王静", "授予角色")]),
        ("until=2026-09-23", [("王静", "授予角色")]),
        ("actor=李伟", [("李伟", "授予角色")]),
        ("action=role.ended", [("王静", "收回角色")]),
        ("text=寿县&actor=李伟", [("李伟", "授予角色")]),
        ("actor=无此人", []),
    ],
)
def test_filters(trail, cast, sign_in, page_client, query, expected):
    page = sign_in(page_client, cast.auditor).get(f"{PAGE}?{query}")

    assert labels(page) == expected


def test_a_wrong_date_is_said_and_narrows_nothing(trail, cast, sign_in, page_client):
    page = sign_in(page_client, cast.auditor).get(f"{PAGE}?since=2026-13-01&actor=李伟")

    assert labels(page) == [("李伟", "授予角色")]
    assert page.context["form"].errors["since"]


@pytest.mark.parametrize("rows", [0, 15])
def test_queries_do_not_grow(trail, cast, sign_in, page_client, django_assert_num_queries, rows):
    for number in range(rows):
        trail("role.granted", cast.clerk, f"2026-10-{number + 1:02}")
    sign_in(page_client, cast.auditor)
    page_client.get(PAGE)

    with django_assert_num_queries(
        8
    ):  # session, user, roles; grants; count, rows; saved queries; bell
        page_client.get(PAGE)


def test_pages(trail, cast, sign_in, page_client):
    for _ in range(30):
        trail("role.granted", cast.clerk, "2026-10-01")
    sign_in(page_client, cast.auditor)

    first = page_client.get(PAGE)
    last = page_client.get(f"{PAGE}?page=1000000000")

    assert len(first.context["rows"]) == 20
    assert last.context["page_obj"].number == last.context["paginator"].num_pages
