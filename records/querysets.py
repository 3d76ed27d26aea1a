"""Which entities and records count, and how they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import CreditRecord, MarketEntity  # noqa: F401 - named in the class bases below


class MarketEntityQuerySet(models.QuerySet["MarketEntity"]):
    """Entities."""


class CreditRecordQuerySet(models.QuerySet["CreditRecord"]):
    """Rows of the ledger."""
