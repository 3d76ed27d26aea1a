"""Rows in numbers no test needs, made by the generator of the demo city."""

from __future__ import annotations

from django.db import connection

from credit_portal.demo.registry import synthetic_firms
from records.services import RegistryReport, import_rows


def load_city(n: int, seed: int = 5) -> RegistryReport:
    """`n` synthetic firms in the registry, vacuumed as the database does by itself after a while."""
    report = import_rows(synthetic_firms(n, seed), by=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE records_marketentity")
    return report
