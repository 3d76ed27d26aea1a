"""The verbs of the outbox: enqueue in the transaction of the change, drain from a worker, replay by a person."""

from .checking import recheck
from .delivery import DrainReport, drain, sweep
from .enqueueing import NewMessage, enqueue, enqueue_many
from .replaying import replay

__all__ = [
    "DrainReport",
    "NewMessage",
    "drain",
    "enqueue",
    "enqueue_many",
    "recheck",
    "replay",
    "sweep",
]
