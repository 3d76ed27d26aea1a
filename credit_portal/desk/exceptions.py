"""What the desk refuses."""

from credit_portal.exceptions import Refusal


class QueryRefused(Refusal):
    """A query cannot be kept under this name."""


class ColumnsRefused(Refusal):
    """This choice of columns cannot be kept."""


class DraftRefused(Refusal):
    """An unfinished form cannot be kept."""
