"""Missing numbers over 100,000 decisions and 20,000 cases of twelve departments: one month, twelve months, one page.

Times are printed and not asserted; what is found is.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable

import pytest
from django.db import connection

from credit_portal.accounts.models import Department
from publicity.models import NumberSeries, PenaltyDecision, RegisterCase
from publicity.selectors.cases import unfiled_counts
from publicity.selectors.denominator import absent
from publicity.selectors.gaps import Scope, gaps, tally
from publicity.selectors.series import series_of
from tests.factories.publicity import make_penalty, make_team
from tests.factories.register import make_case

pytestmark = pytest.mark.slow
DECISIONS, CASES, DEPARTMENTS, YEARS = 100_000, 20_000, 12, 5
EVERY = 97  # one of so many numbers is missing
PER_SERIES = DECISIONS // DEPARTMENTS // YEARS
COPIES = """
INSERT INTO {table} ({columns}) SELECT {values}
FROM {table} t, accounts_department a, generate_series(2022, 2026) y, generate_series(1, %(last)s) n
WHERE t.id = %(id)s AND a.id = ANY(%(departments)s) AND {which}
"""


def copy(row, which, **values):
    """Many rows made of one by the database."""
    fields = [field for field in row._meta.concrete_fields if field.name != "id"]
    names = [field.column for field in fields if not field.generated]
    sql = COPIES.format(
        table=row._meta.db_table,
        columns=", ".join(names),
        values=", ".join(values.get(name, f"t.{name}") for name in names),
        which=which,
    )
    ids = list(Department.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"id": row.pk, "departments": ids, "last": PER_SERIES})
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = {row.pk}")
        cursor.execute(f"ANALYZE {row._meta.db_table}")


def timed(what: str, read: Callable[[], object]) -> object:
    read()
    started = time.perf_counter()
    found = read()
    sys.stdout.write(f"\n{what}: {(time.perf_counter() - started) * 1000:.0f} ms")
    return found


def test_a_hundred_thousand_decisions(team):
    for place in range(1, DEPARTMENTS):
        department = Department.objects.create(uscc=f"{place:018d}", name=f"单位{place}")
        make_team(department, prefix=f"d{place}-")
    number = "'（淮）应急罚〔' || y || '〕' || n || '号'"
    day = "make_date(y, 1, 1) + (n * 364 / %(last)s)::int"
    shared = {"document_number": number, "decided_on": day}
    copy(
        make_penalty(team),
        f"n %% {EVERY} <> 0",
        **shared,
        authority_id="a.id",
        department_id="a.id",
    )
    copy(
        make_case(team, decided_on=dt.date(2026, 1, 1)),
        "n %% 5 = 0",
        **shared,
        department_id="a.id",
        case_number="'案' || y || '-' || n",
    )
    for department in Department.objects.all():
        NumberSeries.objects.create(
            department=department,
            kind="penalty",
            pattern="（淮）应急罚〔{year}〕{n}号",
            stem="淮应急罚||号",
            from_year=2022,
            created_by=team.clerk,
        )
    ids = list(Department.objects.values_list("pk", flat=True))
    held, cases = PenaltyDecision.objects.count(), RegisterCase.objects.count()
    sys.stdout.write(f"\n{held:,} decisions, {cases:,} cases")
    month = timed(
        "one month, all departments",
        lambda: absent(ids, dt.date(2026, 10, 1), dt.date(2026, 11, 1)),
    )
    year = timed("twelve months", lambda: absent(ids, dt.date(2025, 11, 1), dt.date(2026, 11, 1)))
    whole = timed("all years, all departments", lambda: tally(Scope(ids)))
    page = timed("a page of one department", lambda: gaps(Scope(ids[:1]), limit=20))
    timed("the series of one department", lambda: series_of(team.department))
    unfiled = timed("unfiled cases of all departments", lambda: unfiled_counts(ids))

    missing = PER_SERIES // EVERY * DEPARTMENTS * YEARS
    assert sum(sum(found.values()) for found in whole.values()) == missing
    assert 0 < len(month) < len(year)
    assert len(page) == 20
    assert sum(unfiled.values()) == PER_SERIES // (5 * EVERY) * DEPARTMENTS * YEARS
