"""The files of 开放数据 for 300,000 decisions, against the csv module alone writing the same rows from plain SQL."""

from __future__ import annotations

import csv
import resource
import sys
import time
from typing import Any

import pytest
from django.db import connection, transaction

from publicity import services
from publicity.models import Publication
from tests.factories.publicity import make_penalty, make_team, published

ROWS = 300_000
COPY = """
INSERT INTO publicity_publication (kind, reference, version, public_id, entity_id, authority_id, title, party_name,
    search_name, party_code, document_number, category, fine_amount, decided_on, snapshot, digest, starts_on, ends_on,
    period_explained, published_at, withdrawn_reason, superseded, open_data)
SELECT kind, 'penalty:-' || n, 1, lpad(n::text, 12, '0'), entity_id, authority_id, title, party_name, search_name,
    party_code, document_number, category, fine_amount, decided_on, snapshot, digest, starts_on, ends_on,
    period_explained, published_at, '', false, ''
FROM publicity_publication, generate_series(1, %s) n
"""


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")


def peak() -> float:
    """Largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plain(path: Any) -> None:
    with (
        transaction.atomic(),
        connection.chunked_cursor() as cursor,
        path.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        cursor.execute("SELECT public_id, snapshot::text FROM publicity_publication ORDER BY id")
        csv.writer(file).writerows(cursor)


@pytest.mark.django_db
def test_a_set(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    team = make_team()
    published(make_penalty(team), team)
    with connection.cursor() as cursor:
        cursor.execute(COPY, [ROWS - 1])
        cursor.execute("ANALYZE publicity_publication")
    started = time.perf_counter()
    Publication.objects.new_for_open_data(Publication.objects.first().starts_on).update(
        open_data="in"
    )
    say(f"first mark of {ROWS:,} rows: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    plain(tmp_path / "plain.csv")
    bare, before = time.perf_counter() - started, peak()
    started = time.perf_counter()
    services.write_open_data()
    seconds = time.perf_counter() - started
    say(f"csv alone {bare:.1f} s, whole set {seconds:.1f} s, ratio {seconds / bare:.1f}")
    say(f"peak memory {before:.0f} MB before, {peak():.0f} MB after")
    assert peak() - before < 50
