"""A real worker with its clock, and the page after both are gone."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
import redis
from django.utils import timezone

from credit_portal.watch.models import TaskRecord
from credit_portal.watch.rings import RINGS
from credit_portal.watch.selectors import Item, items
from tests.factories.outbox import environment
from tests.processes import Part, own_store

pytestmark = pytest.mark.django_db(transaction=True)
DRAIN = "outbox.drain"


def state_of(now: dt.datetime | None = None) -> Item:
    return next(item for item in items(now) if item.key == DRAIN)


def test_a_dead_worker_turns_the_page_red(tmp_path: Path) -> None:
    url = own_store(os.environ["REDIS_URL"])
    store = redis.Redis.from_url(url)
    store.flushdb()
    command = ["celery", "-A", "credit_portal.celery", "worker", "-c", "1", "-B"]
    worker = Part(
        "worker",
        [*command, "-s", str(tmp_path / "beat")],
        environment("", REDIS_URL=url, PORTAL_MEDIA_ROOT=str(tmp_path)),
        tmp_path,
    )
    try:
        heard = TaskRecord.objects.filter(name=DRAIN, succeeded_at__isnull=False)
        worker.await_ready(heard.exists, 90)
        assert state_of().state == "fine"
    finally:
        worker.end()
        store.flushdb()
        store.close()
    # Nobody rings any more. The time that passes is given to the reading, which is all that looks at it.
    last = TaskRecord.objects.get(name=DRAIN).succeeded_at
    assert last is not None
    due = last + dt.timedelta(seconds=RINGS[DRAIN].threshold)
    assert state_of(due).state == "fine"
    later = state_of(due + dt.timedelta(seconds=1))
    assert (later.state, later.red, later.since) == ("late", True, due)
    assert timezone.now() < due  # no task has worked it out
