"""Which way leads to the platform. One interface, chosen by the settings."""

from __future__ import annotations

from django.conf import settings

from .client import HttpTransport
from .exchange_tables import TableTransport
from .transport import Transport

HTTP, TABLES, WORKBOOK = "http", "database", "workbook"
WORDS = {HTTP: "接口报送", TABLES: "前置库交换", WORKBOOK: "表格手工报送"}


def chosen() -> str:
    return str(settings.MUNICIPAL["WAY"])


def from_settings() -> Transport | None:
    """The configured way, or none: without an address messages wait, and workbooks are carried by people."""
    municipal = settings.MUNICIPAL
    if chosen() == TABLES:
        return TableTransport(municipal)
    return HttpTransport(municipal) if chosen() == HTTP and municipal["URL"] else None


def dedupes() -> bool:
    """Whether the receiver takes a key once only. The table of the exchange database has it as its primary key."""
    return bool(chosen() == TABLES or settings.MUNICIPAL["DEDUPES"])
