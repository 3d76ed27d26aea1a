"""Refusals of this app, each with a sentence for the person who asked."""

from credit_portal.exceptions import Refusal


class DecisionRefused(Refusal):
    """A step on a decision is not possible now."""


class EditConflict(DecisionRefused):
    """Somebody else saved the same decision in the meantime; nothing was overwritten."""


class BatchRefused(Refusal):
    """An import batch cannot be received, imported or undone."""
