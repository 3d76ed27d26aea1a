"""Which decisions, batches and publications count, and who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import Decision, ImportBatch, Publication  # noqa: F401 - named in the class bases below


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Permits or penalties."""


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Uploaded workbooks."""


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Public versions."""
