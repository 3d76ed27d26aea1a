"""Dear pages: counted for each visitor, bounded for all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection

from credit_portal.web import turnstile
from credit_portal.web.turnstile import place, seconds_to_wait


def visit(who, most=2):
    return seconds_to_wait("test", who, most=most)


def test_each_visitor_is_counted_alone(monkeypatch):
    monkeypatch.setattr(turnstile, "time", SimpleNamespace(time=lambda: 1_000_000_025.0))
    assert [visit("198.51.100.1") for _ in range(3)] == [0, 0, 55]
    assert visit("198.51.100.2") == 0


def test_without_redis_nobody_is_held_up(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert visit("198.51.100.3", most=0) == 0


@pytest.mark.django_db
def test_places_are_held_by_other_processes_too():
    with place("test", places=0) as free:
        assert not free
    other = connection.copy()
    other.inc_thread_sharing()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            kind = turnstile.zlib.crc32(b"turnstile:test") & 0x7FFFFFFF
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [kind])
        with place("test", places=1) as free:
            assert not free
        with place("test", places=2) as free:
            assert free
        other.rollback()
        with place("test", places=1) as free:
            assert free
    finally:
        other.close()
