"""The ways in which the platform fails, each with its probability."""

from __future__ import annotations

import random
import threading

# Shares of one overall probability: of a whole request, before or after the effect, and of the answer's lines.
MIX: dict[str, float] = {
    "error": 0.15,  # 500, nothing applied
    "apply_error": 0.10,  # applied, then 500
    "lost_ack": 0.15,  # applied, then the connection is closed
    "drop": 0.08,  # the connection is closed, nothing applied
    "hang": 0.04,  # applied, then silence beyond the client's patience
    "html": 0.07,  # 200 with a login page, nothing applied
    "truncated": 0.10,  # applied, 200 with half a JSON document
    "busy": 0.06,  # 429 with Retry-After
    "duplicate": 0.07,  # one line of the answer twice
    "missing": 0.07,  # one line of the answer left out
    "shuffled": 0.05,  # the lines in another order
    "stranger": 0.03,  # a line for a key that was never sent
    "partial": 0.03,  # some items answered with "retry"
}
BEFORE = {"error", "drop", "html", "busy"}


class Faults:
    def __init__(self, *, hang_seconds: float = 8.0, seed: int | None = None) -> None:
        self.hang_seconds = hang_seconds
        self.delay = 0.0
        self.chances = dict.fromkeys(MIX, 0.0)
        self.happened: dict[str, int] = {}
        self.random = random.Random(seed)  # noqa: S311 - a dice, not a secret
        self._lock = threading.Lock()

    @classmethod
    def mixed(cls, total: float, *, hang_seconds: float = 8.0, seed: int | None = None) -> Faults:
        faults = cls(hang_seconds=hang_seconds, seed=seed)
        for name, share in MIX.items():
            faults.set(name, total * share)
        return faults

    def set(self, name: str, chance: float) -> None:
        if name not in MIX:
            raise ValueError(f"no such fault: {name}")
        if not 0 <= chance <= 1:
            raise ValueError(f"not a probability: {chance}")
        self.chances[name] = chance

    def draw(self) -> str:
        """The fault of this request, at most one, or nothing."""
        with self._lock:
            ball = self.random.random()
            for name, chance in self.chances.items():
                ball -= chance
                if ball < 0:
                    self.happened[name] = self.happened.get(name, 0) + 1
                    return name
        return ""
