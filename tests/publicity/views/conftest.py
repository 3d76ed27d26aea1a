"""Pages as people of the bureau see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_portal.accounts.models import User
from tests.factories.accounts import Cast
from tests.factories.publicity import Team, make_firm
from tests.pages import PageClient


@pytest.fixture
def team(cast: Cast) -> Team:
    """The cast of the bureau, in the shape the factories of decisions want."""
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@pytest.fixture
def desk(sign_in: Callable[..., PageClient]) -> Callable[[User], PageClient]:
    """`desk(user)`: a page client of that person, second factor proven."""
    return lambda user: sign_in(PageClient(), user)


@pytest.fixture
def typed(team: Team) -> dict[str, str]:
    """A form of a penalty in which everything is there."""
    firm = make_firm()
    organ = team.department
    return {
        "party_name": firm.name,
        "party_category": "法人及非法人组织",
        "party_code": firm.code,
        "legal_representative": "孙飞",
        "document_number": "（淮）应急罚〔2026〕77号",
        "violation_type": "未进行安全生产教育和培训",
        "facts": "经现场检查查实。",
        "legal_basis": "《中华人民共和国安全生产法》第九十七条第三项",
        "penalty_category": "罚款",
        "penalty_content": "处罚款人民币3.2万元",
        "fine_amount": "3.2",
        "decided_on": "2026-10-09",
        "late_reason": "补录历史决定。",
        "valid_until": "2099-12-31",
        "authority_name": organ.name,
        "authority_code": organ.uscc,
        "source_name": organ.name,
        "source_code": organ.uscc,
    }


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many queries the block made: the list holds the number afterwards."""
    found: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.append(len(queries))


@pytest.fixture
def queries_of() -> Callable[[PageClient, str], int]:
    def queries_of(client: PageClient, address: str) -> int:
        client.get(address)  # what is kept in the process is kept now
        with counted() as found:
            assert client.get(address).status_code == 200
        return found[0]

    return queries_of
