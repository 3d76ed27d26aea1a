"""Locks that end with the process that holds them, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _take(path: Path, *, wait: bool) -> int | None:
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock, waiting for another holder. A directory can be locked as it is."""
    handle = _take(path, wait=True)
    assert handle is not None  # noqa: S101 - only a take without waiting comes back empty
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def held_or_none(path: Path) -> Iterator[bool]:
    """True while held; False at once when another process holds it."""
    handle = _take(path, wait=False)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def is_held(path: Path) -> bool:
    if not path.exists():
        return False
    with held_or_none(path) as ours:
        return not ours
