"""One team of three people in the city's emergency bureau."""

import pytest

from tests.factories.publicity import Team, make_team

from .workbooks import make_city


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


@pytest.fixture
def city(db, settings, tmp_path):
    """The team that files for the whole city, with the registry of the sample workbooks."""
    settings.MEDIA_ROOT = tmp_path
    return make_city()
