"""Deliveries a second, beside a bare client that posts the same content and does nothing else.

The bare client is measured twice: one message a request, which is what a client without batches would do,
and the very bytes of our batches. It keeps no records, so the second is a floor that nobody reaches who
writes down each attempt before sending and each answer after.
"""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest
from pytest_django import Settings

from credit_portal.outbox.models import BATCH_SIZE, OutboxMessage
from credit_portal.outbox.municipal.client import encode, trusted
from credit_portal.outbox.municipal.transport import Item
from credit_portal.outbox.services import drain
from tests.factories.outbox import Sandbox, put_many, running_sandbox, settings_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MESSAGES = 2000
AT_LEAST = 300  # deliveries a second on the build machine
AT_MOST = 3  # times the bare loop of single messages


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    with running_sandbox() as running:
        settings.MUNICIPAL = settings_for(running.url, (2, 5, 12))
        yield running


def test_deliveries_a_second(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    put_many(MESSAGES)
    items = all_items()
    trusted()  # once a process, not once a delivery
    began = time.perf_counter()
    report = drain(seconds=120)
    took = time.perf_counter() - began
    single, batched = (bare_time(sandbox.url, items, size) for size in (1, BATCH_SIZE))
    with capsys.disabled():
        sys.stdout.write(
            f"\noutbox: {MESSAGES / took:.0f} deliveries/s; bare POST loop {MESSAGES / single:.0f}/s "
            f"one by one (ratio {took / single:.2f}), {MESSAGES / batched:.0f}/s in the same batches "
            f"(ratio {took / batched:.0f})\n"
        )
    assert report.settled.accepted == MESSAGES
    assert MESSAGES / took >= AT_LEAST
    assert took / single <= AT_MOST


def all_items() -> list[Item]:
    names = [
        *("key", "kind", "stream", "sequence", "department_code", "schema_version", "digest"),
        "body",
    ]
    return [Item(*row) for row in OutboxMessage.objects.order_by("id").values_list(*names)]


def bare_time(url: str, items: list[Item], size: int) -> float:
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    bodies = [encode(uuid.uuid4(), batch) for batch in batches]
    return statistics.median(bare_loop(url, bodies) for _ in range(3))


def bare_loop(url: str, bodies: list[bytes]) -> float:
    began = time.perf_counter()
    with httpx.Client(base_url=url, trust_env=False, verify=trusted()) as client:
        for body in bodies:
            client.post("/bare", content=body).raise_for_status()
    return time.perf_counter() - began
