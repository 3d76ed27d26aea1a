"""The desk of a firm."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from records.models import MarketEntity
from tests.factories.accounts import FIRM, OTHER_FIRM
from tests.factories.publicity import make_firm, make_penalty, published

HOME = "/enterprise/"


@pytest.fixture
def firms(team) -> tuple[MarketEntity, MarketEntity]:
    """Two firms with one public decision each."""
    own, other = (
        make_firm(FIRM, "淮南市焜屿电梯维保有限公司"),
        make_firm(OTHER_FIRM, "寿县屿岑化工有限公司"),
    )
    published(make_penalty(team, own, number=1), team)
    published(make_penalty(team, other, number=2), team)
    return own, other


def test_only_the_represented_firm(firms, cast, sign_in, page_client):
    page = sign_in(page_client, cast.firm_head).get(HOME).content.decode()
    assert "淮南市焜屿电梯维保有限公司" in page
    assert "〕1号" in page
    assert "寿县屿岑化工有限公司" not in page
    assert "〕2号" not in page


def test_a_person_of_two_firms_sees_both(firms, cast, sign_in, page_client):
    grant_role(user=cast.firm_head, role=Role.ENTERPRISE_HEAD, entity_code=OTHER_FIRM, by=None)
    page = sign_in(page_client, cast.firm_head).get(HOME).content.decode()
    assert "〕1号" in page
    assert "〕2号" in page


@pytest.mark.parametrize("username", ["clerk", "sysadmin"])
def test_staff_have_no_business_there(firms, cast, sign_in, page_client, username):
    answer = sign_in(page_client, getattr(cast, username)).get(HOME)
    assert answer.status_code == 403
    assert "〕1号" not in answer.content.decode()


def test_a_visitor_is_led_to_the_door(page_client, db):
    assert page_client.get(HOME)["Location"] == "/sign-in/?next=%2Fenterprise%2F"


def test_it_costs_the_same_for_any_number_of_rows(team, firms, cast, sign_in, page_client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page_client.get(HOME)
        return len(seen)

    sign_in(page_client, cast.firm_head)
    asked()
    one = asked()
    for number in range(3, 10):
        published(make_penalty(team, firms[0], number=number), team)
    assert asked() == one


def test_a_firm_without_public_decisions(cast, sign_in, page_client):
    make_firm(FIRM)
    page = sign_in(page_client, cast.firm_head).get(HOME).content.decode()
    assert "目前没有公示中的信息。" in page
