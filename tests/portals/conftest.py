"""The team of three that carries a decision to its public page."""

import pytest

from tests.factories.accounts import Cast
from tests.factories.publicity import Team


@pytest.fixture
def team(cast: Cast) -> Team:
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
