"""Public search over 500,000 entities against the plainest read there is: one row by its key through the ORM.

Fragments are cut from random places of random names, so that common ones (有限公司) come as often as they stand
in names. Times are printed and not asserted; that no search reads the whole table is asserted.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from records.models import MarketEntity
from records.search import CappedPaginator
from tests.benchmarks.generators import load_city

ENTITIES = 500_000
FRAGMENTS = 200
LOOKUPS = 1_000
PAGE = 20
SIZES = (2, 3, 4)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        started = time.perf_counter()
        report = load_city(ENTITIES)
        seconds = time.perf_counter() - started
        assert report.created == ENTITIES
        say(f"loading {ENTITIES:,} entities: {seconds:.0f} s, {ENTITIES / seconds:,.0f} rows/s")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE records_marketentity, records_registryimport, audit_auditevent CASCADE"
        )


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")


def milliseconds(read: Callable[[Any], object], what: Any) -> float:
    started = time.perf_counter()
    read(what)
    return (time.perf_counter() - started) * 1000


def by_key(key: int) -> MarketEntity:
    return MarketEntity.objects.get(pk=key)


def first_page(text: str) -> list[MarketEntity]:
    return list(MarketEntity.objects.search(text)[:PAGE])


def page_with_count(text: str) -> int:
    return len(CappedPaginator(MarketEntity.objects.search(text), PAGE).page(1).object_list)


def existing_fragments(chance: random.Random, names: list[str], size: int) -> list[str]:
    chosen = []
    for _ in range(FRAGMENTS):
        name = chance.choice(names)
        start = chance.randrange(len(name) - size + 1)
        chosen.append(name[start : start + size])
    return chosen


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share) - 1]


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_search_of_half_a_million() -> None:
    chance = random.Random(7)
    keys = list(
        MarketEntity.objects.order_by("pk").values_list("pk", flat=True)[:: ENTITIES // 5000]
    )
    names = list(
        MarketEntity.objects.filter(pk__in=chance.sample(keys, 1000)).values_list(
            "search_name", flat=True
        )
    )
    for key in keys[:200]:
        by_key(key)
    lookup = statistics.median(milliseconds(by_key, chance.choice(keys)) for _ in range(LOOKUPS))
    say(f"lookup by primary key: median {lookup:.2f} ms")
    for size in SIZES:
        fragments = existing_fragments(chance, names, size)
        for what, read in (("page", first_page), ("page and count", page_with_count)):
            times = [milliseconds(read, text) for text in fragments]
            p95 = percentile(times, 0.95)
            say(
                f"{size} characters, {what}: median {statistics.median(times):.2f} ms, "
                f"p95 {p95:.2f} ms = {p95 / lookup:.1f} lookups, worst {max(times):.1f} ms"
            )
        for text in fragments:
            assert "Seq Scan" not in MarketEntity.objects.search(text)[:PAGE].explain(), text
