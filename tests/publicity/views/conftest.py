"""Pages as people of the bureau see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_portal.accounts.models import User
from tests.factories.accounts import Cast
from tests.factories.publicity import Team
from tests.pages import PageClient


@pytest.fixture
def team(cast: Cast) -> Team:
    """The cast of the bureau, in the shape the factories of decisions want."""
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@pytest.fixture
def desk(sign_in: Callable[..., PageClient]) -> Callable[[User], PageClient]:
    """`desk(user)`: a page client of that person, second factor proven."""
    return lambda user: sign_in(PageClient(), user)


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
