"""The verbs of the jobs: start one, run it, pick up lost ones, do scheduled work once, forget old files."""

from .running import run, sweep
from .seeing import mark_seen, sweep_files, sweep_lines
from .slots import Done, done_of, once, slot_of
from .starting import note, start

__all__ = [
    "Done",
    "done_of",
    "mark_seen",
    "note",
    "once",
    "run",
    "slot_of",
    "start",
    "sweep",
    "sweep_files",
    "sweep_lines",
]
