"""The cast, and the client that reads the pages it gets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from credit_portal.accounts.models import User
from credit_portal.accounts.policy import is_staff_member
from credit_portal.regulations import calendar
from tests.factories.accounts import Cast
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _calendar_is_read_anew() -> Iterator[None]:
    """A process remembers the calendar for a minute; what a test loaded into it must not reach the next."""
    yield
    calendar.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Before the database is dropped: end what still holds it. Beside the browser's loop Django opens connections
    that nobody closes, and a forked worker may outlive its parent by a moment."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a test process: a second driver would not start beside it."""
    # The browser's loop runs in the thread that also asks the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def page_client() -> PageClient:
    return PageClient()


def prove(client: Client, user: User, *methods: str) -> None:
    """Enter in the session what the sign-in pages would have entered."""
    request = HttpRequest()
    request.session = client.session
    for method in methods:
        record_authentication(request, user, method)
    request.session.save()


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(client, user)`: signed in, staff with the second factor proven."""

    def sign_in(client: Client, user: User, *, factor: bool | None = None) -> Client:
        client.force_login(user)
        proven = is_staff_member(user) if factor is None else factor
        prove(client, user, "password", *(["mfa"] if proven else []))
        return client

    return sign_in
