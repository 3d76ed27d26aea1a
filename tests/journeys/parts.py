"""The running portal: web server, worker and the stand-in for the municipal platform."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from django.conf import settings

from tests.factories.outbox import Sandbox, environment, running_sandbox
from tests.processes import Part, answers, free_port, own_store
from tests.provider import OpenIDProvider, running_provider

TAIL = 4_000  # characters of a log that a failure shows


class Portal:
    """Where it listens, and what its parts have said."""

    def __init__(
        self, port: int, sandbox: Sandbox, provider: OpenIDProvider, parts: list[Part]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.sandbox = sandbox
        self.provider = provider
        self.parts = parts

    def logs(self) -> list[tuple[str, str]]:
        return [(part.log.name, part.said()[-TAIL:]) for part in self.parts]


@contextmanager
def running_portal(directory: Path) -> Iterator[Portal]:
    """Real processes on the database of the tests; the worker waits on a Redis database of its own."""
    port = free_port()
    broker = own_store(settings.REDIS_URL)
    store = redis.Redis.from_url(broker)
    store.flushdb()
    with ExitStack() as stack:
        stack.callback(store.close)
        sandbox = stack.enter_context(running_sandbox())
        provider = stack.enter_context(running_provider(directory))
        env = environment(
            sandbox.url,
            REDIS_URL=broker,
            PORTAL_MEDIA_ROOT=str(directory / "media"),
            **provider.environment(),
        )
        parts: list[Part] = []
        for name, command in commands(port).items():
            part = Part(name, command, env, directory)
            stack.callback(part.end)
            parts.append(part)
        web, worker = parts
        web.await_ready(lambda: answers(port))
        worker.await_ready(lambda: " ready." in worker.said())
        yield Portal(port, sandbox, provider, parts)


def commands(port: int) -> dict[str, list[str]]:
    web = f"credit_portal.wsgi -w 1 --threads 4 --bind 127.0.0.1:{port} --no-control-socket"
    quiet = "--without-gossip --without-mingle -l INFO"
    return {
        "web": ["gunicorn", *web.split()],
        "worker": ["celery", "-A", "credit_portal.celery", "worker", "-c", "2", *quiet.split()],
    }


def wait_until(happened: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
