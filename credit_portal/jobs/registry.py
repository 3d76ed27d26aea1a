"""Which function does which kind of job. Apps on higher floors add theirs when they are loaded.

A function gets the job and `progress(done, total)` and answers the sentence that the owner reads. It may be
run again from the start after its worker died, so it must be idempotent: best one transaction, or a `JobLine`
for each row in the transaction of the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .exceptions import UnknownKind

if TYPE_CHECKING:
    from .models import Job

Progress = Callable[[int, int], None]
Function = Callable[["Job", Progress], str]


@dataclass(frozen=True)
class Place:
    """Where the owner goes on after the job: an address and the words of the link."""

    url: str
    label: str


def nowhere(job: Job) -> Place | None:
    return None


FUNCTIONS: dict[str, Function] = {}
PLACES: dict[str, Callable[[Job], Place | None]] = {}


def register(
    kind: str, function: Function, *, place: Callable[[Job], Place | None] = nowhere
) -> None:
    """`place` answers where the owner goes on; without it the job's own page is the end."""
    FUNCTIONS[kind] = function
    PLACES[kind] = place


def function_for(kind: str) -> Function:
    try:
        return FUNCTIONS[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def place_of(job: Job) -> Place | None:
    """Nothing for a kind that this installation no longer knows."""
    return PLACES.get(job.kind, nowhere)(job)
