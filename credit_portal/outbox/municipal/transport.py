"""What every way to the platform offers: hand over a batch, get an answer for each item or a failure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """Not two: after a broken connection nobody knows whether the platform took it.

    HANDED is in the platform's hands and not yet decided on. ABSENT is what the platform says of a key that it was
    asked about and never received.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"
    HANDED = "handed"
    ABSENT = "absent"


@dataclass(frozen=True)
class Item:
    key: uuid.UUID
    kind: str
    stream: str
    sequence: int
    department_code: str
    schema_version: str
    digest: str
    body: str


@dataclass(frozen=True)
class ItemAnswer:
    """One line of the platform's answer. `key` is its text as received: it may be nobody's."""

    key: str
    outcome: Outcome
    receipt: str = ""
    received_on: dt.date | None = None
    code: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Failure:
    """The batch as a whole got no usable answer."""

    outcome: Outcome
    text: str
    splits: bool = False  # one item of the batch may be the cause, so halves are worth a try
    wait: float | None = None  # seconds the platform asked us to stay away


@dataclass(frozen=True)
class Reply:
    status: int | None = None
    answers: list[ItemAnswer] = field(default_factory=list)
    failure: Failure | None = None


@dataclass(frozen=True)
class Holding:
    """One record as the receiver holds it: its newest version."""

    stream: str
    sequence: int
    digest: str
    department_code: str


@dataclass(frozen=True)
class HoldingPage:
    """Some records in the order of the hash of their names; `cursor` asks for the next page, empty at the end."""

    holdings: list[Holding]
    cursor: str


class ListingFailed(Exception):
    """The receiver's list could not be read whole."""


class Transport(Protocol):
    """Neither `send` nor `ask` raises for what the network or the platform does."""

    def send(self, batch: uuid.UUID, items: Sequence[Item]) -> Reply: ...

    def ask(self, keys: Sequence[uuid.UUID]) -> Reply:
        """What became of these keys, a line for each; sends nothing."""

    def holdings(self, cursor: str) -> HoldingPage:
        """A page of what the receiver holds; raises ListingFailed."""

    def close(self) -> None: ...
