"""`check`: every rule of the house that a program can hold, side by side, with one table at the end."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from credit_portal.embedded import environment
from credit_portal.embedded.places import Places


@dataclass(frozen=True)
class Check:
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    check: Check
    passed: bool
    output: str
    seconds: float


# Longest first, so that two workers finish together.
CHECKS = (
    Check("mypy", ("-m", "mypy")),
    Check(
        "lint-imports", ("-c", "from importlinter.cli import lint_imports_command as run; run()")
    ),
    Check("migrations", ("-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run")),
    Check("django check", ("manage.py", "check", "--fail-level", "WARNING")),
    Check("ruff check", ("-m", "ruff", "check", ".")),
    Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Check("djhtml", ("-m", "djhtml", "--check", "templates")),
)


def run(places: Places, env: Mapping[str, str] | None = None) -> int:
    env = env or _environment(places)
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        outcomes = list(pool.map(lambda check: _run(check, places, env), CHECKS))
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n=== {outcome.check.name}\n{outcome.output}")
    print()
    for outcome in outcomes:
        print(
            f"  {'ok  ' if outcome.passed else 'FAIL'}  {outcome.seconds:5.1f} s  {outcome.check.name}"
        )
    sys.stdout.flush()
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _environment(places: Places) -> dict[str, str]:
    """No server is needed: the checks read code. The address leads nowhere on purpose."""
    return environment.of_tests(
        places,
        {
            "DATABASE_URL": "postgresql:///portal?host=/nonexistent",
            "REDIS_URL": "unix:///nonexistent",
        },
    )


def _run(check: Check, places: Places, env: Mapping[str, str]) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *check.arguments],
        cwd=places.checkout,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout.rstrip(), time.monotonic() - started)
