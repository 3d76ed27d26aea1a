"""The promises of the alarm clock's settings."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from credit_portal import celery
from credit_portal.waking import Alarm, Wake


@pytest.fixture
def rested() -> Iterator[None]:
    Alarm.quiet_until = 0.0
    yield
    Alarm.quiet_until = 0.0


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("redis://:pw@host:6379/1", "redis://:pw@host:6379/1"),
        ("rediss://host/0", "rediss://host/0"),
    ],
)
def test_the_address_of_the_broker(given: str, wanted: str) -> None:
    assert celery.broker_url(given) == wanted


def test_the_shipped_settings_hold() -> None:
    assert celery.violations(celery.configuration()) == []
    assert celery.violations(celery.app.conf) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"task_acks_late": False}, "task_acks_late"),
        ({"task_reject_on_worker_lost": False}, "task_reject_on_worker_lost"),
        ({"worker_prefetch_multiplier": 4}, "worker_prefetch_multiplier is 1"),
        ({"visibility_timeout": 3600}, "one visibility_timeout in three places"),
        ({"task_time_limit": 300}, "task_time_limit < visibility_timeout"),
        ({"task_time_limit": None}, "task_time_limit < visibility_timeout"),
        ({"task_soft_time_limit": 240}, "soft limit < hard limit"),
        ({"accept_content": ["json", "pickle"]}, "JSON only"),
        ({"task_ignore_result": False}, "task_ignore_result"),
        ({"worker_soft_shutdown_timeout": 0}, "worker_soft_shutdown_timeout"),
        ({"timezone": "UTC"}, "timezone"),
        ({"broker_transport_options": {"visibility_timeout": 300}}, "socket_timeout <= 5"),
    ],
)
def test_a_broken_promise_is_named(change: dict[str, Any], named: str) -> None:
    wrong = celery.violations(celery.configuration() | change)
    assert f"celery: {named} does not hold" in wrong


def test_a_broken_promise_stops_the_start(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(celery, "VISIBILITY_TIMEOUT", 60)
    with pytest.raises(ImproperlyConfigured, match="task_time_limit < visibility_timeout"):
        celery.configuration()


def test_what_beat_rings_exists_and_expires() -> None:
    celery.app.loader.import_default_modules()
    for entry in celery.schedule().values():
        assert entry["options"]["expires"] == entry["schedule"]
        assert entry["task"] in celery.app.tasks


def test_a_task_that_may_be_handed_out_again_ends_before_that() -> None:
    celery.app.loader.import_default_modules()
    for task in celery.app.tasks.values():
        if task.acks_late and not task.name.startswith("celery."):
            limit = task.time_limit or celery.app.conf.task_time_limit
            assert limit < celery.VISIBILITY_TIMEOUT


def test_a_broker_that_accepts_and_is_silent_costs_a_moment_once(
    rested: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s"))
    server.listen(50)
    old, celery.app.conf.broker_url = celery.app.conf.broker_url, f"redis+socket://{tmp_path / 's'}"
    missed = Alarm.missed
    try:
        began = time.monotonic()
        Wake("outbox.drain")()
        first = time.monotonic() - began
        Wake("outbox.drain")()
        second = time.monotonic() - began - first
    finally:
        celery.app.conf.broker_url = old
        server.close()
    assert first < 1.5
    assert second < 0.05
    assert Alarm.missed == missed + 2
    assert "left to the sweep" in caplog.text
