"""One number in Redis that moves whenever something public changes, so that no process shows an older page.

It is moved after the commit. A page cache reads it before it renders, hence never keeps an old page under a new
number; a move that is lost (a process killed in between, Redis away) costs what the cache's short life allows.
"""

from __future__ import annotations

import functools
import logging

import redis
from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

KEY = "portal:public-generation"
QUICK = 0.2  # seconds; a Redis that hangs must not hold up pages


@functools.lru_cache(maxsize=4)
def _store(url: str) -> redis.Redis:
    return redis.from_url(url, socket_timeout=QUICK, socket_connect_timeout=QUICK)


def generation() -> str | None:
    """The number as it stands, nothing when it cannot be read."""
    try:
        found = _store(settings.REDIS_URL).get(KEY)
    except redis.RedisError:
        return None
    return found.decode() if isinstance(found, bytes) else "0"


def move() -> None:
    try:
        _store(settings.REDIS_URL).incr(KEY)
    except redis.RedisError:
        logger.warning("the generation of public pages was not moved", exc_info=True)


def public_pages_changed() -> None:
    """To be called in the transaction that changes what visitors read; once for each is enough."""
    if not any(entry[1] is move for entry in connection.run_on_commit):
        transaction.on_commit(move, robust=True)
