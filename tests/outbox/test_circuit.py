"""The circuit: closed, open, half open with one trial, closed again; who sees it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from credit_portal.outbox.models import Circuit
from credit_portal.outbox.selectors import pause
from credit_portal.outbox.services import circuit, drain
from credit_portal.outbox.services.circuit import Gate, pause_after, take_probe
from credit_portal.outbox.services.delivery import claim_batch
from credit_portal.regulations.rules import delivery_rules
from credit_portal.watch import selectors as watch
from tests.factories.outbox import accepted, put_many, results, ripen

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def fail_until_open(platform) -> None:
    server = platform(lambda items: (503, b"", {}))
    for _ in range(delivery_rules(timezone.localdate()).circuit_failures):
        drain(limit=1)
        ripen()
    assert len(server.batches) == 5


def test_after_the_pause_one_message_tries_and_the_rest_follow_its_success(platform) -> None:
    put_many(60)
    fail_until_open(platform)
    assert drain().sent == 0
    row = Circuit.objects.get()
    assert row.opened_at is not None
    Circuit.objects.update(open_until=timezone.now() - SECOND)
    server = platform(lambda items: results(*map(accepted, items)))
    drain()
    assert server.sizes[:2] == [1, 50]
    row.refresh_from_db()
    assert (row.failures, row.opened_at, row.open_until, row.probe_until) == (0, None, None, None)


def test_a_failed_trial_opens_it_for_longer(platform) -> None:
    put_many(3)
    fail_until_open(platform)
    before = Circuit.objects.get()
    Circuit.objects.update(open_until=timezone.now() - SECOND)
    server = platform(lambda items: (503, b"", {}))
    drain()
    after = Circuit.objects.get()
    assert server.sizes == [1]
    assert (after.failures, after.opened_at, after.probe_until) == (6, before.opened_at, None)
    assert after.open_until > timezone.now() + 3 * SECOND


def test_one_worker_tries_and_a_dead_one_gives_way(platform) -> None:
    put_many(3)
    fail_until_open(platform)
    now = timezone.now()
    Circuit.objects.update(open_until=now - SECOND)
    claim = claim_batch(50)
    assert claim is not None
    assert len(claim.messages) == 1
    assert claim_batch(50) is None
    assert not take_probe(now + SECOND, now)
    Circuit.objects.update(probe_until=timezone.now() - SECOND)
    assert claim_batch(50) is not None


def test_a_worker_that_comes_second_lets_go(platform, monkeypatch) -> None:
    """Between looking and taking another one was quicker: nothing is held."""
    put_many(1)
    Circuit.objects.create(name="municipal", failures=9, probe_until=timezone.now() + 9 * SECOND)
    monkeypatch.setattr(circuit, "gate", lambda now: Gate.HALF)
    assert claim_batch(50) is None
    assert not put_many(1)[0].lease_until


def test_the_numbers_are_dated_rules() -> None:
    numbers = delivery_rules(dt.date(2026, 11, 28))
    assert [pause_after(n, numbers) for n in (4, 5, 6, 10, 99)] == [0, 2, 4, 60, 60]


def test_it_is_seen_on_the_watch_after_ten_minutes(platform) -> None:
    now = timezone.now()
    assert pause(now) is None
    put_many(1)
    fail_until_open(platform)
    rest = pause(timezone.now())
    assert rest is not None
    assert rest.until is not None
    assert "连续 5 次未能送达" in watch.delivery(timezone.now()).detail
    assert not watch.delivery(timezone.now()).red
    later = timezone.now() + dt.timedelta(minutes=11)
    assert pause(later).until is None
    assert watch.delivery(later).red
