"""Several workers at once, and a real Celery worker: what one connection cannot show."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.core.management import call_command
from django.db import connection, transaction

from credit_portal.outbox import tasks
from credit_portal.outbox.models import DeliveryAttempt, OutboxMessage
from credit_portal.outbox.municipal.client import HttpTransport
from credit_portal.outbox.services import drain
from credit_portal.outbox.services.delivery import claim_batch
from credit_portal.waking import Alarm
from tests.factories.outbox import Sandbox, environment, new, put, put_many, settings_for

pytestmark = pytest.mark.django_db(transaction=True)
State = OutboxMessage.State


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """No memory of a broker that another test found silent."""
    Alarm.quiet_until = 0.0
    yield
    Alarm.quiet_until = 0.0


def private_redis(number: int = 5) -> str:
    """A database of its own on the tests' server, also beside parallel test workers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return os.environ["REDIS_URL"].rpartition("db=")[0] + f"db={number + int(worker)}"


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "did not happen in time"
        time.sleep(0.1)


def in_thread(function: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            function()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_workers_do_not_take_the_same_message(sandbox: Sandbox) -> None:
    put_many(120)
    threads = [in_thread(drain) for _ in range(3)]
    for thread in threads:
        thread.join()
    drain()
    assert OutboxMessage.objects.filter(state=State.ACCEPTED).count() == 120
    assert DeliveryAttempt.objects.count() == 120
    assert "duplicates" not in sandbox.stats()["totals"]


def test_a_row_locked_by_another_transaction_is_passed_over() -> None:
    put(new())
    seen: list[object] = []
    with transaction.atomic():
        OutboxMessage.objects.select_for_update().get()
        in_thread(lambda: seen.append(claim_batch(50))).join()
    assert seen == [None]


def test_a_given_transport_stays_open(sandbox: Sandbox) -> None:
    way = HttpTransport(settings_for(sandbox.url))
    for number in (1, 2):
        put(new(number))
        assert drain(transport=way).settled.accepted == 1
    way.close()


def test_the_sweep_delivers_when_no_wake_was_heard(sandbox: Sandbox) -> None:
    put(new())
    tasks.sweep()
    assert OutboxMessage.objects.get().state == State.ACCEPTED
    put(new(2))
    tasks.drain()
    assert OutboxMessage.objects.filter(state=State.ACCEPTED).count() == 2


def test_without_a_broker_the_commit_goes_through_at_once() -> None:
    from credit_portal.celery import app

    missed, began = Alarm.missed, time.monotonic()
    old, app.conf.broker_url = app.conf.broker_url, "redis+socket:///nowhere/redis.sock"
    try:
        put(new(1))
        put(new(2))
    finally:
        app.conf.broker_url = old
    assert time.monotonic() - began < 1.5
    assert Alarm.missed == missed + 2
    assert OutboxMessage.objects.pending().count() == 2


def test_the_commit_wakes_a_real_worker_that_delivers(sandbox: Sandbox) -> None:
    from credit_portal.celery import app, broker_url

    url = private_redis()
    store = redis.Redis.from_url(url)
    store.flushdb()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "credit_portal.celery", "worker", "-c", "1"],
        env=environment(sandbox.url, REDIS_URL=url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    old, app.conf.broker_url = app.conf.broker_url, broker_url(url)
    try:
        wait_for(lambda: bool(store.keys("_kombu.binding.celery*")), 60)
        put(new())
        wait_for(lambda: OutboxMessage.objects.get().state == State.ACCEPTED)
    finally:
        app.conf.broker_url = old
        worker.terminate()
        worker.wait(60)
        store.flushdb()
        store.close()
    assert sandbox.stats()["effects"] == 1


def test_the_command_keeps_polling(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is stopped, here by the clock."""
    put(new())
    monkeypatch.setattr(time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        call_command("drain_outbox", "--every", "0.1")
    assert OutboxMessage.objects.get().state == State.ACCEPTED


def interrupt(seconds: float) -> None:
    assert seconds == 0.1
    raise KeyboardInterrupt
