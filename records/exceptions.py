"""What the records refuse."""

from credit_portal.exceptions import Refusal


class RegistryRefused(Refusal):
    """The extract as a whole cannot be loaded; nothing was changed."""


class LedgerRefused(Refusal):
    """The ledger does not take this line."""


class RepresentationRefused(Refusal):
    """This person cannot be made to act for this entity."""
