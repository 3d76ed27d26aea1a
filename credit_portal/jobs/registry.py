"""Which function does which kind of job. Apps on higher floors add theirs when they are loaded.

A function gets the job and `progress(done, total)` and answers the sentence that the owner reads. It may be
run again from the start after its worker died, so it must be idempotent: best one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .exceptions import UnknownKind

if TYPE_CHECKING:
    from .models import Job

Progress = Callable[[int, int], None]
Function = Callable[["Job", Progress], str]

FUNCTIONS: dict[str, Function] = {}


def register(kind: str, function: Function) -> None:
    FUNCTIONS[kind] = function


def function_for(kind: str) -> Function:
    try:
        return FUNCTIONS[kind]
    except KeyError:
        raise UnknownKind(kind) from None
