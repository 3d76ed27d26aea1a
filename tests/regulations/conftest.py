import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from credit_portal.regulations.calendar import Calendar, build_calendar
from credit_portal.regulations.seed import DayRow, package_years

ARRANGEMENT_2027 = (
    *(DayRow(dt.date(2027, 1, day), "rest", "元旦") for day in (1, 2, 3)),
    *(DayRow(dt.date(2027, 2, day), "rest", "春节") for day in range(5, 13)),
    *(DayRow(dt.date(2027, 4, day), "rest", "清明节") for day in (3, 4, 5)),
    *(DayRow(dt.date(2027, 5, day), "rest", "劳动节") for day in range(1, 6)),
    *(DayRow(dt.date(2027, 6, day), "rest", "端午节") for day in (9,)),
    *(DayRow(dt.date(2027, 9, day), "rest", "中秋节") for day in (15,)),
    *(DayRow(dt.date(2027, 10, day), "rest", "国庆节") for day in range(1, 8)),
    DayRow(dt.date(2027, 1, 9), "work", "元旦"),
)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """2004 to 2026, without a database."""
    years = package_years()
    return build_calendar(
        [(row.day, row.kind, row.name) for rows in years.values() for row in rows], years
    )


@pytest.fixture
def arrangement_2027() -> tuple[DayRow, ...]:
    """An invented notice: 2027-01-09 is a make-up Saturday."""
    return ARRANGEMENT_2027


@pytest.fixture
def seeded(db):
    """The table as the migration leaves it, also after a test that emptied all tables."""
    import_module("credit_portal.regulations.migrations.0002_seed_calendar").seed(apps, None)
