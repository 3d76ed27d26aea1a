"""For pages that are dear to make: so many a minute for each visitor, so few at one time for all.

Counted in Redis, by account or by the address of a visitor; places are advisory locks of the database, which are
free again as soon as whoever held one is done, or dead. While Redis is away nobody is counted: the places still bound
what it can cost.
"""

from __future__ import annotations

import functools
import logging
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

MINUTE = 60  # seconds
QUICK = 0.2  # seconds; a Redis that hangs must not hold up pages


@functools.lru_cache(maxsize=4)
def _store(url: str) -> redis.Redis:
    return redis.from_url(url, socket_timeout=QUICK, socket_connect_timeout=QUICK)


def seconds_to_wait(name: str, who: str, *, most: int) -> int:
    """Count this visit; nothing when it is among the first `most` of the minute, else how long to wait."""
    now = time.time()
    key = f"portal:turnstile:{name}:{who}:{int(now // MINUTE)}"
    try:
        with _store(settings.REDIS_URL).pipeline() as line:
            line.incr(key)
            line.expire(key, MINUTE + 1)
            count = int(line.execute()[0])
    except redis.RedisError:
        logger.warning("visits to %s were not counted", name, exc_info=True)
        return 0
    return 0 if count <= most else MINUTE - int(now % MINUTE)


@contextmanager
def place(name: str, *, places: int) -> Iterator[bool]:
    """Hold one of so many places while the block runs; says whether there was one."""
    kind = zlib.crc32(f"turnstile:{name}".encode()) & 0x7FFFFFFF
    with transaction.atomic():
        yield any(_take(kind, number) for number in range(places))


def _take(kind: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [kind, number])
        return bool(cursor.fetchone()[0])
