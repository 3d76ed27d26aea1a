"""What a visitor reads: current publications and the firm they belong to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from ..models import Publication


@dataclass(frozen=True)
class DayFigures:
    """Figures of the public home page."""

    public_permits: int
    public_penalties: int
    published_today: int


def day_figures(today: dt.date | None = None) -> DayFigures:
    day = today or timezone.localdate()
    rows = Publication.objects.public(day).aggregate(
        permits=Count("pk", filter=Q(kind="permit")),
        penalties=Count("pk", filter=Q(kind="penalty")),
        new=Count("pk", filter=Q(starts_on=day)),
    )
    return DayFigures(rows["permits"], rows["penalties"], rows["new"])


def public_counts(entity_ids: list[int]) -> dict[int, int]:
    """How many public decisions each of these firms has now."""
    rows = Publication.objects.public().filter(entity__in=entity_ids).order_by()
    return dict(rows.values_list("entity").annotate(count=Count("pk")))
