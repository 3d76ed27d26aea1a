"""The orders of the decision lists, as the address names them."""

from __future__ import annotations

from django.db.models import F
from django.db.models.expressions import Combinable

from ..querysets import DecisionQuerySet

FIRST = "-decided"
SORTS: dict[str, tuple[str | Combinable, ...]] = {
    "deadline": ("deadline_on", "pk"),
    "-deadline": ("-deadline_on", "-pk"),
    "decided": ("decided_on", "pk"),
    FIRST: ("-decided_on", "-pk"),
    "published": (F("published_at").asc(nulls_last=True), "pk"),
    "-published": (F("published_at").desc(nulls_last=True), "-pk"),
}


def sorted_rows(rows: DecisionQuerySet, sort: str) -> DecisionQuerySet:
    """The whole set in this order; in the usual one for a word that names none."""
    return rows.for_table().order_by(*SORTS.get(sort, SORTS[FIRST]))
