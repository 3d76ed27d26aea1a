"""Numbers that a series should have and the portal has not, asked in SQL over the parts that the database keeps.

A hole lies between two known numbers of a series and year, or below the first known one. A missing number is as old as
the next known one: what was numbered earlier was not decided later. Numbers that only the case register knows are
missing too, and belong to the day of their case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from credit_portal.accounts.models import Department
from credit_portal.regulations.rules import dictionary

from ..models import NumberAnswer, NumberSeries

WIDEST = 1_000  # numbers of one hole that are asked about: 〔2026〕99999号 is a slip, not a hundred thousand decisions
EVERY_YEAR = (1900, 2099)

HELD = """
  SELECT s.id AS series_id, d.number_year AS year, d.number_value AS number,
         min(d.decided_on) AS decided_on, true AS filed
  FROM series s JOIN {table} d ON d.authority_id = s.department_id AND d.number_stem = s.stem
    AND d.number_year BETWEEN greatest(s.from_year, %(first_year)s) AND least(s.until_year, %(last_year)s)
    AND d.number_value >= s.first_number
  WHERE s.kind = '{kind}' GROUP BY 1, 2, 3
"""
# `gaps`: one row for each missing number, with what is said of it and the case that bears it.
_GAPS = """
WITH series AS (
  SELECT id, department_id, kind, stem, first_number, from_year, coalesce(until_year, 9999) AS until_year
  FROM publicity_numberseries
  WHERE department_id = ANY(%(departments)s) AND (%(series)s::bigint IS NULL OR id = %(series)s)
), points AS (
  SELECT series_id, year, number, min(decided_on) AS decided_on, bool_or(filed) AS filed FROM (
    {penalties}
    UNION ALL
    {permits}
    UNION ALL
    SELECT s.id, c.number_year, c.number_value, c.decided_on, false
    FROM series s JOIN publicity_registercase c
      ON c.department_id = s.department_id AND c.kind = s.kind AND c.number_stem = s.stem
      AND c.number_year BETWEEN greatest(s.from_year, %(first_year)s) AND least(s.until_year, %(last_year)s)
      AND c.number_value >= s.first_number
  ) known GROUP BY 1, 2, 3
), beside AS (
  SELECT p.*, lag(number) OVER w AS previous, coalesce(
      decided_on, min(decided_on) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
      make_date(year, 12, 31)) AS near_on
  FROM points p WINDOW w AS (PARTITION BY series_id, year ORDER BY number)
), missing AS (
  SELECT b.series_id, b.year, n AS number, b.near_on
  FROM beside b JOIN series s ON s.id = b.series_id
  CROSS JOIN LATERAL (SELECT coalesce(b.previous + 1, s.first_number) AS begins) h
  CROSS JOIN LATERAL generate_series(h.begins, least(b.number - 1, h.begins + {reach})) n
  WHERE h.begins < b.number
  UNION ALL
  SELECT series_id, year, number, near_on FROM beside WHERE NOT filed
), gaps AS (
  SELECT m.series_id, s.department_id, s.kind, m.year, m.number, m.near_on,
    coalesce(c.decided_on, m.near_on) AS counted_on, a.id AS answer_id,
    c.case_number, c.party_name, c.decided_on AS case_decided_on,
    CASE WHEN a.id IS NULL THEN 'open' WHEN a.confirmed_at IS NULL THEN 'answered'
         WHEN a.holds_until < %(today)s THEN 'expired' ELSE a.reason END AS status
  FROM missing m JOIN series s ON s.id = m.series_id
  LEFT JOIN publicity_answerednumber r
    ON r.series_id = m.series_id AND r.year = m.year AND r.number = m.number AND r.current
  LEFT JOIN publicity_numberanswer a ON a.id = r.answer_id
  LEFT JOIN LATERAL (
    SELECT case_number, party_name, CASE WHEN state <> 'dropped' THEN decided_on END AS decided_on
    FROM publicity_registercase c
    WHERE c.department_id = s.department_id AND c.kind = s.kind AND c.number_stem = s.stem
      AND c.number_year = m.year AND c.number_value = m.number
    ORDER BY (state = 'dropped'), c.decided_on, c.id LIMIT 1
  ) c ON true
)
"""
GAPS = _GAPS.format(
    penalties=HELD.format(table="publicity_penaltydecision", kind="penalty"),
    permits=HELD.format(table="publicity_permitdecision", kind="permit"),
    reach=WIDEST - 1,
)
CHOSEN = """
WHERE (%(kind)s = '' OR kind = %(kind)s) AND (%(status)s::text[] IS NULL OR status = ANY(%(status)s))
  AND (%(month)s::date IS NULL OR date_trunc('month', counted_on)::date = %(month)s)
"""
_ROWS = """{gaps}
SELECT series_id, year, number, near_on, counted_on, status, answer_id, case_number, party_name,
  case_decided_on
FROM gaps {chosen} ORDER BY year DESC, series_id, number LIMIT %(limit)s OFFSET %(offset)s
"""
_TALLY = """{gaps}
SELECT department_id, kind, status, count(*) FROM gaps {chosen} GROUP BY 1, 2, 3
"""
ROWS = _ROWS.format(gaps=GAPS, chosen=CHOSEN)
TALLY = _TALLY.format(gaps=GAPS, chosen=CHOSEN)

# Statuses of a missing number besides the reasons of its confirmed answer.
OPEN, ANSWERED, EXPIRED = "open", "answered", "expired"
STATUS_WORDS = {OPEN: "待说明", ANSWERED: "待确认", EXPIRED: "期满再问"}
UNSETTLED = (OPEN, ANSWERED, EXPIRED)  # nobody has vouched for them: they count as due
TONES = {OPEN: "red", EXPIRED: "red", ANSWERED: "amber", "omitted": "red", "unfinished": "info"}


@dataclass(frozen=True)
class Gap:
    """A missing number. `near_on`: when the next known number was decided; `counted_on`: the day it counts on."""

    series: NumberSeries
    year: int
    number: int
    near_on: dt.date
    counted_on: dt.date
    status: str
    answer_id: int | None
    case_number: str
    party_name: str
    case_decided_on: dt.date | None

    @property
    def document_number(self) -> str:
        return self.series.written(self.year, self.number)

    @property
    def word(self) -> str:
        return status_word(self.status, self.near_on)

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "green")


@dataclass(frozen=True)
class Scope:
    """Which missing numbers are asked for."""

    departments: Sequence[int]
    series: int | None = None
    kind: str = ""
    years: tuple[int, int] = EVERY_YEAR
    status: Sequence[str] | None = None
    month: dt.date | None = None  # its first day

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {
            "departments": list(self.departments),
            "series": self.series,
            "kind": self.kind,
            "first_year": self.years[0],
            "last_year": self.years[1],
            "status": None if self.status is None else list(self.status),
            "month": self.month,
            "today": timezone.localdate(),
        } | more


def status_word(status: str, day: dt.date) -> str:
    """The word of a status, by the dictionary of the day where it is a reason."""
    if status in STATUS_WORDS:
        return STATUS_WORDS[status]
    entry = dictionary("number_gap", day).coded(status)
    return entry.title if entry else str(NumberAnswer.Reason(status).label)


def counted_statuses(day: dt.date) -> tuple[str, ...]:
    """Statuses that count as due: what nobody has vouched for, and the reasons that say it was omitted."""
    entries = dictionary("number_gap", day).entries
    return (*UNSETTLED, *(entry.code for entry in entries if entry.counts))


def gaps(scope: Scope, *, limit: int, offset: int = 0) -> list[Gap]:
    """Missing numbers, the newest year first, then as they are numbered."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, scope.parameters(limit=limit, offset=offset))
        rows = cursor.fetchall()
    series = NumberSeries.objects.in_bulk({row[0] for row in rows})
    return [
        Gap(
            series=series[row[0]],
            year=row[1],
            number=row[2],
            near_on=row[3],
            counted_on=row[4],
            status=row[5],
            answer_id=row[6],
            case_number=row[7] or "",
            party_name=row[8] or "",
            case_decided_on=row[9],
        )
        for row in rows
    ]


Tally = dict[int, dict[str, int]]


def tally(scope: Scope) -> Tally:
    """Department → status → how many numbers are missing."""
    found: Tally = {}
    with connection.cursor() as cursor:
        cursor.execute(TALLY, scope.parameters())
        for department, _, status, count in cursor.fetchall():
            by_status = found.setdefault(department, {})
            by_status[status] = by_status.get(status, 0) + count
    return found


def counted(statuses: Mapping[str, int], day: dt.date | None = None) -> int:
    """How many of these count as due."""
    names = counted_statuses(day or timezone.localdate())
    return sum(count for status, count in statuses.items() if status in names)


def years_of(department: Department) -> list[int]:
    """Years in which the department's series may have holes, the newest first."""
    rows = NumberSeries.objects.filter(department=department)
    this_year = timezone.localdate().year
    years: set[int] = set()
    for first, last in rows.values_list("from_year", "until_year"):
        years.update(range(first, min(last or this_year, this_year) + 1))
    return sorted(years, reverse=True)
