"""F10: the platform answers 500 to everything for a day, then comes back; 10,000 messages have piled up.

The day is simulated: minute by minute the pause of the circuit is over, and a worker looks.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

import pytest
from django.utils import timezone
from pytest_django import Settings

from credit_portal.outbox.models import Circuit, DeliveryAttempt, OutboxMessage
from credit_portal.outbox.services import drain
from credit_portal.watch import selectors as watch
from tests.factories.outbox import new, put, put_many, ripen, running_sandbox, settings_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.chaos
def test_a_day_of_outage_and_a_backlog_of_ten_thousand(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_sandbox("--fault", "error=1") as sandbox:
        settings.MUNICIPAL = settings_for(sandbox.url, (2, 5, 12))
        put_many(100)
        asked = storm_of_a_day()
        assert watch.delivery(timezone.now()).red
        put(*(new(number) for number in range(101, 10_001)))
        sandbox.fail(error=0)
        began = time.monotonic()
        while OutboxMessage.objects.pending().exists():
            pass_the_pause()
            ripen()
            drain(seconds=120)
        took = time.monotonic() - began
        stats = sandbox.stats()
    with capsys.disabled():
        sys.stdout.write(f"\n10,000 after a day of outage in {took:.0f} s; {asked} requests\n")
    assert (stats["effects"], stats["double_effects"], stats["order_inversions"]) == (10_000, 0, 0)
    assert not OutboxMessage.objects.exclude(state="accepted").exists()
    assert took < 120


def storm_of_a_day() -> int:
    """24 hours in steps of the longest pause: never more than one request for each, once the circuit is open."""
    for _ in range(5):
        drain(limit=50)
        ripen()
    open_at = DeliveryAttempt.objects.values("batch").distinct().count()
    for minute in range(24 * 60):
        pass_the_pause()
        drain(seconds=1)
        if minute % 60 == 0:
            assert drain(seconds=1).sent == 0  # the pause is on again: nothing goes
    asked = DeliveryAttempt.objects.values("batch").distinct().count()
    assert asked - open_at <= 24 * 60
    assert not OutboxMessage.objects.filter(state="dead").exists()
    return asked


def pass_the_pause() -> None:
    now = timezone.now()
    minute = dt.timedelta(minutes=1)
    for row in Circuit.objects.exclude(open_until=None):
        Circuit.objects.update(open_until=now, opened_at=row.opened_at - minute)
