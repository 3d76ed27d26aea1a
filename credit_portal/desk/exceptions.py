"""What the desk refuses."""

from credit_portal.exceptions import Refusal


class DraftRefused(Refusal):
    """An unfinished form cannot be kept."""
