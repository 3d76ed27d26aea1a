"""What the portal tells people, and by which ways besides its own pages."""

from .contact import Contact
from .dispatch import Dispatch
from .notice import Notice

__all__ = ["Contact", "Dispatch", "Notice"]
