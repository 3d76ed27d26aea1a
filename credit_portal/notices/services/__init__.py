"""The verbs: tell people, send what leaves the portal, keep where they want to hear of it."""

from .contacts import confirm_address, send_code, set_contact
from .sending import send_due, sweep_dispatches
from .telling import mark_read, notify, tell_of_sign_in

__all__ = [
    "confirm_address",
    "mark_read",
    "notify",
    "send_code",
    "send_due",
    "set_contact",
    "sweep_dispatches",
    "tell_of_sign_in",
]
