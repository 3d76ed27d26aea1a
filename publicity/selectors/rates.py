"""The three rates: 上报率, 合规率, 及时率, by deciding organ and month of decision.

Formulas and their reference stand in the rate rules (`regulations/rules/rates.yaml`). What counts:

- *due*: decisions of the month held by the portal, whatever their state;
- *should_report*: those, the missing numbers that count, and the decided cases that are not there (`denominator.py`);
- *reported*: those the municipal platform has answered, accepted or not;
- *valid*: those the platform has accepted;
- *timely*: those first accepted on or before their deadline. Nothing is timely that the platform did not
  take in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.policy import departments_for
from credit_portal.accounts.roles import Permission
from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.rules import RateDefinition, rates_rule

from ..models import DECISION_MODELS, ZeroReport
from ..querysets import DecisionQuerySet, month_after
from .denominator import absent
from .spot_checks import spots
from .zero_reports import stated

COUNTS = """
SELECT {key}, %s AS kind, count(*),
       count(*) FILTER (WHERE m.answered), count(*) FILTER (WHERE m.accepted_on IS NOT NULL),
       count(*) FILTER (WHERE m.accepted_on <= d.deadline_on)
FROM {table} d
LEFT JOIN LATERAL (
    SELECT bool_or(o.state IN ('accepted', 'rejected') OR o.state = 'superseded' AND o.attempts > 0) AS answered,
           min(o.received_on) FILTER (WHERE o.state = 'accepted') AS accepted_on
    FROM outbox_outboxmessage o WHERE o.stream = %s || d.id
) m ON true
WHERE d.decided_on >= %s AND d.decided_on < %s AND d.authority_id = ANY(%s)
GROUP BY {key}
"""
CONCEAL = "conceal"  # the one rate of which less is better
BY_AUTHORITY, BY_MONTH = "d.authority_id", "date_trunc('month', d.decided_on)::date"


@dataclass(frozen=True)
class Rate:
    """A share with its numerator and denominator; no value when there is nothing to divide by."""

    name: str  # "report", "compliance" or "timely"
    definition: RateDefinition
    numerator: int
    denominator: int

    @property
    def label(self) -> str:
        return self.definition.label

    @property
    def missing(self) -> int:
        return self.denominator - self.numerator

    @property
    def percent(self) -> str:
        """In words for a table: `98.9%`, or a dash. Rounded down, so that only all is 100; a share of what is wrong is
        rounded up, so that only none is 0."""
        if not self.denominator:
            return "—"
        thousand = self.numerator * 1000
        tenths = thousand // self.denominator
        if self.name == CONCEAL:
            tenths = -(-thousand // self.denominator)
        return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True)
class Counts:
    """What the rates of one group are made of, named as the rate rules name them."""

    due: int = 0
    reported: int = 0
    valid: int = 0
    timely: int = 0
    gaps: int = 0  # missing numbers that count
    cases: int = 0  # decided cases that are not there
    spotchecked: int = 0  # cases of concluded spot checks
    not_reported_in_spotcheck: int = 0

    @property
    def should_report(self) -> int:
        return self.due + self.gaps + self.cases

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.due + other.due,
            self.reported + other.reported,
            self.valid + other.valid,
            self.timely + other.timely,
            self.gaps + other.gaps,
            self.cases + other.cases,
            self.spotchecked + other.spotchecked,
            self.not_reported_in_spotcheck + other.not_reported_in_spotcheck,
        )

    def rates(self, on: dt.date) -> tuple[Rate, ...]:
        """The rates of the board by the definitions in force on that day."""
        return tuple(
            Rate(
                name=definition.id,
                definition=definition,
                numerator=getattr(self, definition.numerator),
                denominator=getattr(self, definition.denominator),
            )
            for definition in rates_rule(on).definitions
        )

    def three_rates(self, on: dt.date) -> tuple[Rate, ...]:
        """Those without what spot checks found."""
        return tuple(rate for rate in self.rates(on) if rate.name != CONCEAL)


@dataclass(frozen=True)
class DepartmentLine:
    """One department's month: counts of permits and penalties together and apart."""

    department: Department
    counts: Counts
    by_kind: dict[str, Counts] = field(default_factory=dict)
    stated: tuple[ZeroReport, ...] = ()  # 本期无数据, as its head signed it

    @property
    def zeros(self) -> list[tuple[ZeroReport, bool]]:
        """What was signed, and whether something of that month and kind says otherwise."""
        return [
            (report, bool(self.by_kind.get(report.kind, Counts()).should_report))
            for report in self.stated
        ]


@dataclass(frozen=True)
class Board:
    """The month of every department the person may see, and their sum."""

    month: dt.date
    lines: tuple[DepartmentLine, ...]
    total: Counts


def board(*, month: dt.date, user: User | None, department: Department | None = None) -> Board:
    """The rates of a month. Without a user (command line, scheduled report) the whole city."""
    shown = counted_departments(user, department)
    found = counts([row.pk for row in shown], month)
    zeros = stated([row.pk for row in shown], month)
    lines = tuple(line(row, found.get(row.pk, {}), zeros.get(row.pk, [])) for row in shown)
    return Board(month.replace(day=1), lines, sum((row.counts for row in lines), Counts()))


def trend(*, until: dt.date, user: User, months: int = 12) -> tuple[tuple[dt.date, Counts], ...]:
    """The counts of all departments that the person may see together, month by month, oldest first."""
    ids = [row.pk for row in counted_departments(user)]
    last = until.replace(day=1)
    shown = [last]
    while len(shown) < months:
        shown.insert(0, (shown[0] - dt.timedelta(days=1)).replace(day=1))
    found: dict[dt.date, Counts] = {}
    for month, _, number in counted(BY_MONTH, ids, shown[0], month_after(last)):
        found[month] = found.get(month, Counts()) + number
    for (_, _, month), more in absent(ids, shown[0], month_after(last)).items():
        found[month] = found.get(month, Counts()) + Counts(gaps=more.gaps, cases=more.cases)
    return tuple((month, found.get(month, Counts())) for month in shown)


def counted_departments(
    user: User | None, department: Department | None = None
) -> list[Department]:
    """The deciding organs of the board, in its order."""
    departments = (
        Department.objects.active()
        if user is None
        else departments_for(user, Permission.RATES_VIEW)
    )
    if department is not None:
        departments = departments.filter(pk=department.pk)
    return list(departments.filter(is_committee_office=False).order_by("level", "uscc"))


def line(
    department: Department, by_kind: dict[str, Counts], zeros: list[ZeroReport]
) -> DepartmentLine:
    total = sum(by_kind.values(), Counts())
    return DepartmentLine(department, total, by_kind, tuple(zeros))


def counts(department_ids: list[int], month: dt.date) -> dict[int, dict[str, Counts]]:
    """Counts by department and kind."""
    first = month.replace(day=1)
    found: dict[int, dict[str, Counts]] = {}
    for authority, kind, number in counted(BY_AUTHORITY, department_ids, first, month_after(first)):
        found.setdefault(authority, {})[kind] = number
    for (authority, kind, _), more in absent(department_ids, first, month_after(first)).items():
        kinds = found.setdefault(authority, {})
        kinds[kind] = kinds.get(kind, Counts()) + Counts(gaps=more.gaps, cases=more.cases)
    for (authority, kind, _), spot in spots(department_ids, first, month_after(first)).items():
        kinds = found.setdefault(authority, {})
        kinds[kind] = kinds.get(kind, Counts()) + Counts(
            spotchecked=spot.checked, not_reported_in_spotcheck=spot.unreported
        )
    return found


def counted(
    key: str, department_ids: list[int], first: dt.date, end: dt.date
) -> Iterator[tuple[Any, str, Counts]]:
    """(key, kind, counts) of the decisions made from `first` until before `end`; a query for each kind."""
    with connection.cursor() as cursor:
        for kind, model in DECISION_MODELS.items():
            sql = COUNTS.format(table=model._meta.db_table, key=key)
            cursor.execute(sql, [kind, f"{kind}:", first, end, department_ids])
            for group, name, *numbers in cursor.fetchall():
                yield group, name, Counts(*numbers)


def outside_rate(rows: DecisionQuerySet, gap: str) -> DecisionQuerySet:
    """The rows a rate is missing: `unreported`, `invalid` (reported, not accepted) or `late`."""
    stream = Concat(
        Value(f"{rows.model.KIND}:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()
    )
    messages = OutboxMessage.objects.filter(stream=stream)
    answered = Exists(
        messages.filter(
            # One that was held back and then replaced was never sent.
            Q(state__in=["accepted", "rejected"]) | Q(state="superseded", attempts__gt=0)
        )
    )
    accepted = Exists(messages.filter(state="accepted"))
    punctual = Exists(messages.filter(state="accepted", received_on__lte=OuterRef("deadline_on")))
    if gap == "unreported":
        return rows.exclude(answered)
    if gap == "invalid":
        return rows.filter(answered).exclude(accepted)
    return rows.filter(answered).exclude(punctual)
