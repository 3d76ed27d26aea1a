"""The verbs of the jobs: start one, run it, pick up lost ones, do scheduled work once."""

from .running import run, sweep
from .slots import heartbeat, once, slot_of
from .starting import start

__all__ = ["heartbeat", "once", "run", "slot_of", "start", "sweep"]
