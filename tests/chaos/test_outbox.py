"""Workers killed while they deliver to a platform that fails: nothing lost, doubled or out of order."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from credit_portal.outbox.models import DeliveryAttempt, OutboxMessage
from credit_portal.outbox.municipal.client import trusted
from credit_portal.outbox.services import drain
from tests.factories.outbox import Sandbox, environment, new, put, running_sandbox, settings_for

pytestmark = pytest.mark.django_db(transaction=True)
VERSIONS = 3  # at most, of one record


@dataclass
class Figures:
    """What a storm left behind."""

    versions: int
    seconds: float
    kills: int
    attempts: int
    abandoned: int
    lost: int
    double: int
    inversions: int
    duplicates: int
    faults: int

    def __str__(self) -> str:
        return (
            f"{self.versions} versions in {self.seconds:.0f} s, {self.kills} kills, "
            f"{self.attempts} attempts ({self.abandoned} cut off), {self.faults} faults, "
            f"{self.duplicates} repeats: lost {self.lost}, double effects {self.double}, "
            f"order inversions {self.inversions}"
        )


def test_a_short_storm(settings: Settings) -> None:
    timeouts = (0.3, 0.5, 1.2)
    with running_sandbox("--faults", "0.1", "--delay", "0.03", "--hang-seconds", "1") as sandbox:
        settings.MUNICIPAL = settings_for(sandbox.url, timeouts)
        keys = fill(150)
        figures = storm(sandbox, keys, forked, workers=2, every=0.3, stormy=4, seconds=60)
    assert figures.kills >= 1
    assert (figures.lost, figures.double, figures.inversions) == (0, 0, 0)


def test_a_platform_that_does_not_dedupe_is_seen(settings: Settings) -> None:
    """The storm must be able to find what it says is not there."""
    with running_sandbox("--no-dedupe", "--fault", "apply_error=0.9") as sandbox:
        settings.MUNICIPAL = settings_for(sandbox.url, (0.3, 0.5, 1.2))
        figures = storm(sandbox, fill(60), forked, workers=2, every=0.5, stormy=2, seconds=3)
    assert figures.double > 0


def test_a_platform_that_does_not_dedupe_is_asked_first(settings: Settings) -> None:
    """F11, F12 without dedupe: answers lost, half and late, workers killed, and nothing has a double effect."""
    faults = ("lost_ack=0.2", "apply_error=0.1", "truncated=0.1", "hang=0.05", "drop=0.05")
    mix = [part for fault in faults for part in ("--fault", fault)]
    with running_sandbox("--no-dedupe", "--hang-seconds", "1", "--delay", "0.03", *mix) as sandbox:
        told = settings_for(sandbox.url, (0.3, 0.5, 1.2)) | {"DEDUPES": False, "QUIET": 0.5}
        settings.MUNICIPAL = told
        figures = storm(sandbox, fill(90), forked, workers=2, every=0.4, stormy=4, seconds=90)
    assert figures.faults > 0
    assert (figures.lost, figures.double, figures.inversions) == (0, 0, 0)


@pytest.mark.chaos
@pytest.mark.parametrize("versions", [963])
def test_a_month_in_a_storm(versions: int, capsys: pytest.CaptureFixture[str]) -> None:
    timeouts = (2, 5, 12)
    with running_sandbox("--faults", "0.1", "--delay", "0.2") as sandbox:
        env = environment(sandbox.url, timeouts)

        def start() -> Any:
            command = ["manage.py", "drain_outbox", "--every", "0.2", "--limit", "10"]
            return subprocess.Popen([sys.executable, *command], env=env, stdout=subprocess.DEVNULL)

        keys = fill(versions)
        figures = storm(sandbox, keys, start, workers=3, every=2, stormy=60, seconds=300)
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert figures.kills >= 3
    assert (figures.lost, figures.double, figures.inversions) == (0, 0, 0)


def fill(versions: int) -> list[str]:
    """So many versions, up to three for each record, enqueued version by version."""
    records = -(-versions // VERSIONS)
    items = [
        new(record, version)
        for version in range(1, VERSIONS + 1)
        for record in range(1, records + 1)
    ]
    return [str(message.key) for message in put(*items[:versions])]


def storm(
    sandbox: Sandbox,
    keys: Sequence[str],
    start: Callable[[], Any],
    *,
    workers: int,
    every: float,
    stormy: float,
    seconds: float,
) -> Figures:
    """Let workers deliver, kill one after the other without warning; then calm until nothing is pending.

    The storm has an end so that a machine too busy to start a worker between two kills still converges.
    """
    began, kills = time.monotonic(), 0
    running = [start() for _ in range(workers)]
    try:
        for victim in cycle(range(workers)):
            if settled(every) or time.monotonic() - began > stormy:
                break
            running[victim].kill()
            wait_for(running[victim])
            running[victim] = start()
            kills += 1
        settled(seconds)
    finally:
        for process in running:
            process.kill()
            wait_for(process)
    return judge(sandbox, keys, time.monotonic() - began, kills)


def settled(within: float) -> bool:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if not OutboxMessage.objects.pending().exists():
            return True
        time.sleep(0.05)
    connection.close()  # a forked worker must not inherit it
    return False


def judge(sandbox: Sandbox, keys: Sequence[str], seconds: float, kills: int) -> Figures:
    stats = sandbox.stats()
    effects = stats["effects_per_key"]
    accepted = OutboxMessage.objects.filter(key__in=keys, state=OutboxMessage.State.ACCEPTED)
    return Figures(
        versions=len(keys),
        seconds=seconds,
        kills=kills,
        attempts=DeliveryAttempt.objects.count(),
        abandoned=DeliveryAttempt.objects.filter(outcome="sending").count(),
        lost=sum(key not in effects for key in keys) + len(keys) - accepted.count(),
        double=stats["double_effects"],
        inversions=stats["order_inversions"],
        duplicates=stats["totals"].get("duplicates", 0),
        faults=sum(stats["faults"].values()),
    )


def wait_for(process: Any) -> None:
    process.join() if isinstance(process, multiprocessing.process.BaseProcess) else process.wait()


def forked() -> Any:
    """A worker that starts at once: the storm is short."""
    trusted()  # loaded here, so that not every worker has to
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=deliver_for_ever, daemon=True)
    process.start()
    return process


def deliver_for_ever() -> None:
    while True:
        drain(limit=7)
        time.sleep(0.02)
