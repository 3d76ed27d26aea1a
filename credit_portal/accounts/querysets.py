"""Which departments count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from .models import Department  # noqa: F401 - named in the class bases below


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_subordinates(self) -> Self:
        """These departments and those directly below them."""
        ids = self.values("pk")
        return self.model._default_manager.filter(models.Q(pk__in=ids) | models.Q(parent__in=ids))  # type: ignore[return-value]
