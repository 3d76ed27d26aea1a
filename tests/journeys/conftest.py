"""A city with people in it, the parts of the portal running, and browsers to visit it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from playwright.sync_api import Browser

from credit_portal.accounts.services import import_departments
from credit_portal.demo import cast
from credit_portal.jobs.models import Job
from credit_portal.outbox.models import OutboxMessage
from records.models import MarketEntity
from records.services import import_registry

from .parts import Portal, running_portal, wait_until
from .people import Person

DATA = Path(__file__).resolve().parents[1] / "data"
REGISTRY = DATA / "market-entities.gbk.csv"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group(name): tests that share one worker")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Function, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failure shows what the parts said last."""
    outcome: Any = yield
    report = outcome.get_result()
    portal = item.funcargs.get("portal")
    if report.failed and isinstance(portal, Portal):
        report.sections.extend(portal.logs())


@pytest.fixture(scope="session")
def known_types(django_db_setup: None, django_db_blocker: Any) -> dict[tuple[str, str], int]:
    """The numbers by which running processes know the models, however often the tables are emptied."""
    with django_db_blocker.unblock():
        rows = ContentType.objects.values_list("app_label", "model", "pk")
        return {(app, model): pk for app, model, pk in rows}


@transaction.atomic
def restore_types(known: dict[tuple[str, str], int]) -> None:
    for row in ContentType.objects.all():
        old, right = row.pk, known[row.app_label, row.model]
        if old != right:
            ContentType.objects.filter(pk=old).update(id=right)
            Permission.objects.filter(content_type=old).update(content_type=right)
    ContentType.objects.clear_cache()


@pytest.fixture(scope="session")
def portal(
    known_types: dict[tuple[str, str], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal")) as running:
        yield running


def seed_calendar() -> None:
    import_module("credit_portal.regulations.migrations.0002_seed_calendar").seed(apps, None)


@pytest.fixture
def calendar_afterwards(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Emptying the tables takes the calendar along, which the migration had put there for all tests."""
    yield
    with django_db_blocker.unblock():
        seed_calendar()


@pytest.fixture
def city(
    calendar_afterwards: None, known_types: dict[tuple[str, str], int], transactional_db: None
) -> Iterator[None]:
    """Departments and firms of the samples, the calendar, and the cast of the demo."""
    restore_types(known_types)
    seed_calendar()
    rows = json.loads((DATA / "departments.json").read_text(encoding="utf-8"))
    rows[0]["files_for_others"] = True
    import_departments(rows=rows)
    import_registry(source=REGISTRY, filename=REGISTRY.name, by=None)
    codes = list(MarketEntity.objects.order_by("pk").values_list("code", flat=True))
    for person in cast.CAST:
        cast.hire(person, codes)
    yield
    wait_until(nothing_is_under_way)  # emptying tables under a working process ends in a deadlock


def nothing_is_under_way() -> bool:
    running = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    return not running.exists() and not OutboxMessage.objects.pending().exists()


@pytest.fixture
def enter(city: None, portal: Portal, browser: Browser) -> Iterator[Callable[..., Person]]:
    """`enter()`: a visitor; `enter("clerk")`: that person, signed in."""
    Person.used_codes.clear()  # of accounts that are gone
    people: list[Person] = []

    def enter(username: str = "", *, script: bool = True) -> Person:
        person = Person(browser, portal.url, script=script)
        people.append(person)
        if username:
            person.sign_in(username)
        return person

    yield enter
    for person in people:
        person.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []
