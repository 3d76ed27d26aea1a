"""The verbs of the outbox: enqueue in the transaction of the change, drain from a worker, replay by a person."""

from .checking import recheck
from .comparing import compare
from .delivery import DrainReport, drain, sweep
from .differences import explain, may_repair, may_settle, repair
from .enqueueing import NewMessage, enqueue, enqueue_many
from .packages import SheetRow, hand_over, may_carry, read_answers, take_back
from .replaying import replay

__all__ = [
    "DrainReport",
    "NewMessage",
    "SheetRow",
    "compare",
    "drain",
    "enqueue",
    "enqueue_many",
    "explain",
    "hand_over",
    "may_carry",
    "may_repair",
    "may_settle",
    "read_answers",
    "recheck",
    "repair",
    "replay",
    "sweep",
    "take_back",
]
