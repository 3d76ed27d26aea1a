"""What the outbox refuses."""

from credit_portal.exceptions import Refusal


class NotReplayable(Refusal):
    """This message cannot be sent again now."""


class NotCarried(Refusal):
    """No package of messages can be made, read or taken back now."""


class ComparisonFailed(Refusal):
    """The receiver's list could not be read whole, so nothing was compared."""


class NotSettled(Refusal):
    """This difference cannot be settled in this way."""


class ConflictingVersion(RuntimeError):
    """A programming error: the same version of a record was enqueued with another content."""


class OutOfOrder(RuntimeError):
    """A programming error: an earlier version was enqueued after a later one."""
