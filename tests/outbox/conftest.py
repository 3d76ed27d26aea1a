from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pytest_django import Settings

from tests.factories.outbox import (
    Answer,
    Sandbox,
    ScriptedPlatform,
    running_sandbox,
    scripted,
    settings_for,
)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """A sandbox process that this installation reports to."""
    with running_sandbox("--hang-seconds", "3") as running:
        settings.MUNICIPAL = settings_for(running.url)
        yield running


@pytest.fixture
def platform(settings: Settings) -> Iterator[Callable[..., ScriptedPlatform]]:
    """`platform(answer)`: a platform that answers by the given function."""
    with ExitStack() as stack:

        def start(answer: Callable[[list[dict[str, Any]]], Answer]) -> ScriptedPlatform:
            running = stack.enter_context(scripted(answer))
            settings.MUNICIPAL = settings_for(running.url, (0.5, 0.5, 2.0))
            return running

        yield start
