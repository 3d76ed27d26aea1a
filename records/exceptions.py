"""What the records refuse."""

from credit_portal.exceptions import Refusal


class RegistryRefused(Refusal):
    """The extract as a whole cannot be loaded; nothing was changed."""


class LedgerRefused(Refusal):
    """The ledger does not take this line."""


class LetterRefused(Refusal):
    """This letter cannot be issued or revoked."""


class ActivationRefused(Refusal):
    """This firm is not bound to this person."""


class DelegationRefused(Refusal):
    """This delegate cannot be appointed or changed this way."""


class RepresentationRefused(Refusal):
    """This person cannot be made to act for this entity."""
