"""Public search over 300,000 publications of 500,000 entities: rare, middle and common fragments, both lists.

Each read is what the page reads: twenty rows and their number. A fragment that only the other kind bears is among
them: a list walked in its order never finds one. Times are printed; that none is slow is asserted (p95 300 ms; 1.5 s for a year that
only old numbers bear).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from publicity.models import Publication
from records.search import CappedPaginator
from tests.benchmarks.generators import load_city
from tests.benchmarks.test_search import milliseconds, percentile, say
from tests.factories.publicity import make_department

ENTITIES = 500_000
PUBLICATIONS = 300_000
SLOWEST = 300  # milliseconds, p95
WALK = 1_500  # for a list that has to be walked past its newest two years
ROUNDS = 20
PAGE = 20
OLD_YEAR = "〔2024〕"  # in no new number and in every third of all
FRAGMENTS = {
    "rare": ("焜屿岑", "澔岑电梯", "罚20261", "2026〕77777号"),
    "middle": ("电梯维保", "烟花爆竹", "应急罚〔2026〕12", "农机服务"),
    "common": ("有限公司", "淮南", "淮南市", "2026", "公司"),
    "of one kind": ("应急罚", "应急许准"),
    "of years ago": (OLD_YEAR, "罚〔2024〕12", "〔2024〕777"),
}
# Two of five are permits; decided over three years.
PUBLISH = """
    INSERT INTO publicity_publication (kind, reference, version, public_id, entity_id, authority_id, title, party_name,
      search_name, party_code, document_number, category, decided_on, snapshot, digest, starts_on, ends_on,
      period_explained, published_at, withdrawn_reason, superseded, fine_amount)
    SELECT kind, kind || ':' || n, 1, left(md5(n::text), 12), id, %(organ)s, name, name, search_name, code,
      '（淮）应急' || CASE kind WHEN 'permit' THEN '许准' ELSE '罚' END
        || '〔' || extract(year FROM decided) || '〕' || n || '号',
      '', decided, '[]', repeat('0', 64), decided, decided + 1200, '{}', now(), '', false, 3.2
    FROM (SELECT *, row_number() OVER () AS n, CASE WHEN id %% 5 < 2 THEN 'permit' ELSE 'penalty' END AS kind,
            %(today)s::date - (random() * 1095)::int AS decided
          FROM records_marketentity ORDER BY md5(id::text) LIMIT %(rows)s) AS chosen
"""


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        assert load_city(ENTITIES).created == ENTITIES
        organ = make_department().pk
        told = {"organ": organ, "rows": PUBLICATIONS, "today": timezone.localdate()}
        with connection.cursor() as cursor:
            cursor.execute(PUBLISH, told)
            cursor.execute("VACUUM ANALYZE publicity_publication")
        assert Publication.objects.public().count() == PUBLICATIONS
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE publicity_publication, records_marketentity, records_registryimport,"
            " audit_auditevent CASCADE"
        )


def found(text: str, kind: str) -> int:
    """A page of the search, or of the list of one kind."""
    rows = Publication.objects.public()
    rows = (rows.filter(kind=kind) if kind else rows).search(text).for_table()
    page = CappedPaginator(rows, PAGE).page(1)
    return len(page.object_list) + page.paginator.count


@pytest.mark.django_db
@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("sort", FRAGMENTS)
def test_public_search(sort: str) -> None:
    slow = []
    for kind in ("", "penalty", "permit"):
        read: Callable[[str], int] = partial(found, kind=kind)
        for text in FRAGMENTS[sort]:
            read(text)
            times = [milliseconds(read, text) for _ in range(ROUNDS)]
            p95 = percentile(times, 0.95)
            told = f"{sort}, {kind or 'both'}, {text}: {read(text)} rows"
            say(f"{told}, median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms")
            if p95 > (WALK if text == OLD_YEAR else SLOWEST):
                slow.append((text, kind, p95))
    assert not slow
