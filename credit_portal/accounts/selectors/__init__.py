"""Reading accounts: what people see of their own, and what the security administrator watches."""

from .own import device_in_words, last_sign_ins, sessions_of
from .watch import failed_sign_ins, role_changes, without_factor

__all__ = [
    "device_in_words",
    "failed_sign_ins",
    "last_sign_ins",
    "role_changes",
    "sessions_of",
    "without_factor",
]
