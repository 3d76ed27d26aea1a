"""Refusals of this package, each with a sentence for the reader."""

from credit_portal.exceptions import Refusal


class NoMail(Refusal):
    """The installation sends no mail."""


class NoAddress(Refusal):
    """There is no address that waits for its code."""


class CodeTooSoon(Refusal):
    """A code was sent a moment ago."""


class WrongCode(Refusal):
    """The code is not the one that was sent, or is no longer good."""
