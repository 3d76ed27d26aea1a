"""The numbering series of a department, what the portal holds of each, and numbers that belong to none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from credit_portal.accounts.models import Department

from ..models import DECISION_MODELS, NumberSeries
from ..numbering import examples

MOST_STEMS = 10  # spellings without a series that are shown


@dataclass(frozen=True)
class SeriesLine:
    """A series, how its numbers look, and what the portal holds of it this year and in all."""

    series: NumberSeries
    examples: list[str]
    held: int
    highest: str  # the number written last, of the newest year; nothing while there is none


@dataclass(frozen=True)
class Stray:
    """Numbers of the department that no series describes, by their 代字."""

    kind: str
    sample: str
    count: int


def series_of(department: Department) -> list[SeriesLine]:
    rows = list(NumberSeries.objects.filter(department=department).for_table())
    held = {kind: held_of(department, kind) for kind in DECISION_MODELS}
    return [line(series, held[series.kind]) for series in rows]


Held = dict[tuple[str, int], tuple[int, int]]


def held_of(department: Department, kind: str) -> Held:
    """(stem, year) → how many decisions, and the highest number."""
    rows = DECISION_MODELS[kind].objects.filter(authority=department).order_by()
    found = rows.values_list("number_stem", "number_year").annotate(
        Count("pk"), Max("number_value")
    )
    return {(stem, year): (count, most) for stem, year, count, most in found}


def line(series: NumberSeries, held: Held) -> SeriesLine:
    years = {
        year: found
        for (stem, year), found in held.items()
        if stem == series.stem and covers(series, year)
    }
    newest = max(years, default=0)
    return SeriesLine(
        series,
        examples(
            series.parsed, min(timezone.localdate().year, last_year(series)), series.first_number
        ),
        sum(count for count, _ in years.values()),
        series.written(newest, years[newest][1]) if newest else "",
    )


def last_year(series: NumberSeries) -> int:
    return series.until_year or timezone.localdate().year


def covers(series: NumberSeries, year: int) -> bool:
    return series.from_year <= year <= (series.until_year or year)


def strays(department: Department) -> list[Stray]:
    """What the department numbers without having said so, the most frequent first."""
    found: list[Stray] = []
    for kind, model in DECISION_MODELS.items():
        known = NumberSeries.objects.filter(department=department, kind=kind)
        rows = model.objects.filter(authority=department, number_value__gt=0).exclude(
            covered(known)
        )
        counted = (
            rows.order_by()
            .values("number_stem")
            .annotate(count=Count("pk"), sample=Min("document_number"))
        )
        found += [
            Stray(kind, row["sample"], row["count"])
            for row in counted.order_by("-count", "number_stem")[:MOST_STEMS]
        ]
    return sorted(found, key=lambda stray: -stray.count)[:MOST_STEMS]


def covered(series: QuerySet[NumberSeries] | Iterable[NumberSeries]) -> Q:
    """The decisions of these series, one condition for each; a department has a handful."""
    condition = Q(pk__in=[])
    for one in series:
        years = Q(number_year__gte=one.from_year)
        if one.until_year is not None:
            years &= Q(number_year__lte=one.until_year)
        condition |= Q(number_stem=one.stem) & years
    return condition
