"""One team of three people in the city's emergency bureau."""

import pytest

from tests.factories.publicity import Team, make_team


@pytest.fixture
def team(db: None) -> Team:
    return make_team()
