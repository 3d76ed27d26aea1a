"""Verbs on entities and on the ledger of their records."""

from .ledger import LedgerLine, enter, enter_many, revoke
from .registry import RegistryReport, import_registry, import_rows
from .representation import appoint_representative

__all__ = [
    "LedgerLine",
    "RegistryReport",
    "appoint_representative",
    "enter",
    "enter_many",
    "import_registry",
    "import_rows",
    "revoke",
]
