"""Name search that works from two Chinese characters on, for every table with a `search_name`.

The index holds the pairs of neighbouring characters (`bigrams`, see the first migration). Pairs narrow the rows
down, LIKE decides.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains

from credit_portal.web.pagination import SafePaginator

from .names import search_form

STRINGS: ArrayField[Any, Any] = ArrayField(TextField())
MIN_FRAGMENT = 2
COUNT_CAP = 1_000


def readable(text: str) -> str:
    """What was typed, without characters that neither a page nor a database can hold."""
    return "".join(character for character in text if character.isprintable()).strip()


def name_matches(field: str, text: str) -> Q:
    """Rows whose `field` (a `search_name`) contains this fragment. Nothing matches a shorter fragment than two."""
    return contains_fragment(F(field), search_form(text))


def contains_fragment(text: Any, fragment: str) -> Q:
    """The same for any expression with an index of its `bigrams`; the fragment stands as it is."""
    if len(fragment) < MIN_FRAGMENT:
        return Q(pk__in=[])
    pairs = [fragment[i : i + 2] for i in range(len(fragment) - 1)]
    indexed = Func(text, function="bigrams", output_field=STRINGS)
    holds_pairs = ArrayContains(indexed, Value(pairs, output_field=STRINGS))
    return Q(holds_pairs) & Q(Contains(text, fragment))


class AmongThese(Func):
    """The rows with one of these keys, which are found first and apart, whatever order the rows are wanted in.

    Told as one condition, the planner may walk rows in their order instead and never meet one that matches: it counts
    the pairs of a fragment over the whole table, not among the rows of the list."""

    template = "%(expressions)s))"
    arg_joiner = " = ANY(ARRAY("
    output_field = BooleanField()

    def __init__(self, found: QuerySet[Any]) -> None:
        super().__init__(F("pk"), found.order_by().values("pk"))


def capped_count(rows: QuerySet[Any], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows, and whether there are more than are worth counting. Keeps the order, so that the count
    walks the same index as the page does."""
    found = rows[: cap + 1].count()
    return min(found, cap), found > cap


class CappedPaginator(SafePaginator):
    """For lists in search order: nobody turns the eleventh page, so nothing beyond is counted."""

    cap = 200

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    @property
    def total_in_words(self) -> str:
        """For the line under the list when there are more rows than pages to show them."""
        return f"超过 {self.cap:,}" if self._counted[1] else ""

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        rows: Any = self.object_list
        return capped_count(rows, self.cap)
