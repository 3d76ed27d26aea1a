"""What the outbox refuses."""

from credit_portal.exceptions import Refusal


class NotReplayable(Refusal):
    """This message cannot be sent again now."""


class ConflictingVersion(RuntimeError):
    """A programming error: the same version of a record was enqueued with another content."""


class OutOfOrder(RuntimeError):
    """A programming error: an earlier version was enqueued after a later one."""
