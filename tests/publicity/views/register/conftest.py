"""Addresses of the bureau's register."""

import pytest
from django.urls import reverse


@pytest.fixture
def pages(team):
    def address(name, **parts):
        return reverse(f"staff:publicity:{name}", kwargs={"uscc": team.department.uscc, **parts})

    return address
