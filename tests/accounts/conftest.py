"""A clerk with a second factor."""

import pytest

from credit_portal.accounts.services import enrol_totp


@pytest.fixture
def clerk(cast):
    """A clerk with a second factor; `clerk.secret` makes the codes."""
    cast.clerk.secret = enrol_totp(user=cast.clerk, by=None)
    return cast.clerk
