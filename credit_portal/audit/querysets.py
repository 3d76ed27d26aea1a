"""Which events count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from .models import AuditEvent  # noqa: F401 - named in the class bases below


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def about_any(self, subjects: Sequence[models.Model]) -> Self:
        """About one of these, all of one model."""
        labels = {subject._meta.label_lower for subject in subjects}
        ids = [str(subject.pk) for subject in subjects]
        return self.filter(subject_type__in=labels, subject_id__in=ids)

    def for_table(self) -> Self:
        return self.order_by("-id")
