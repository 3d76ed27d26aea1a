"""One finding of `doctor`."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    subject: str
    level: Level
    sentence: str


def fine(subject: str, sentence: str) -> Finding:
    return Finding(subject, "fine", sentence)


def note(subject: str, sentence: str) -> Finding:
    """Worth knowing, but the portal works."""
    return Finding(subject, "note", sentence)


def bad(subject: str, sentence: str) -> Finding:
    return Finding(subject, "bad", sentence)
