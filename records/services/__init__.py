"""Verbs on entities and on the ledger of their records."""

from .delegates import (
    appoint_delegate,
    change_delegate,
    end_delegate,
    renew_password,
    warn_of_expiring_delegates,
)
from .ledger import LedgerLine, enter, enter_many, revoke
from .letters import issue_letter, revoke_letter, try_code, use_letter
from .registry import RegistryReport, import_registry, import_rows
from .representation import appoint_representative

__all__ = [
    "LedgerLine",
    "RegistryReport",
    "appoint_delegate",
    "appoint_representative",
    "change_delegate",
    "end_delegate",
    "enter",
    "enter_many",
    "import_registry",
    "import_rows",
    "issue_letter",
    "renew_password",
    "revoke",
    "revoke_letter",
    "try_code",
    "use_letter",
    "warn_of_expiring_delegates",
]
