"""Sheets that were made a moment ago: the dearest page for visitors is not made twice.

Kept by each process, bounded in bytes, under everything that a sheet says; whether the decision is still public is
asked before each answer, never here. A sheet bears the time at which it was made, so that it is kept for minutes only.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

LIFE = 600.0  # seconds
MOST_BYTES = 16 * 2**20


class Sheets:
    """PDF by key, the longest unused thrown out first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            made, pdf = self._kept.get(key, (0.0, b""))
            if not pdf:
                return None
            if time.monotonic() - made >= LIFE:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return pdf

    def put(self, key: Hashable, pdf: bytes) -> None:
        with self._lock:
            if key in self._kept:
                self._drop(key)
            self._kept[key] = (time.monotonic(), pdf)
            self._bytes += len(pdf)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        self._bytes -= len(self._kept.pop(key)[1])


kept = Sheets()
