"""Whose saved queries, columns and drafts these are: each person sees only their own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import FormDraft, SavedQuery, TableColumns  # noqa: F401 - named in the bases below

KEPT = dt.timedelta(days=30)  # after so long nobody comes back to an unfinished form


class SavedQueryQuerySet(models.QuerySet["SavedQuery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(owner=user)

    def of_page(self, page: str) -> Self:
        return self.filter(page=page).order_by("name")


class TableColumnsQuerySet(models.QuerySet["TableColumns"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(owner=user)


class FormDraftQuerySet(models.QuerySet["FormDraft"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(owner=user)

    def outdated(self, now: dt.datetime) -> Self:
        return self.filter(saved_at__lte=now - KEPT)
