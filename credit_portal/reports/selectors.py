"""The figures of a report, in the shape its sheet prints."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.rules import rates_rule
from publicity.models import DECISION_MODELS, Decision
from publicity.selectors.clocks import workdays_late
from publicity.selectors.rates import CONCEAL, Board, Counts, board, outside_rate
from publicity.services.publication import public_name

MAX_LATE = 200  # lines of the list of late decisions; the rest is counted in words


def rates_report(*, month: dt.date, user: User | None) -> dict[str, Any]:
    """Context of `documents/rates_report.html`; the contract stands at the top of that template."""
    result = board(month=month, user=user)
    return {
        "title": "淮南市安全生产“双公示”三率通报",
        "subtitle": f"（{month.year}年{month.month}月）",
        "issued_by": settings.PORTAL_SITE["organiser"],
        "issued_on": timezone.localdate(),
        "sheet": {"generated_at": timezone.now()},
        "city": "淮南市",
        "month": f"{month.year}年{month.month}月",
        "rows": [row(line.department.name, line.counts, month) for line in result.lines],
        "total": row("合计", result.total, month),
        "unknown": result.total.should_report - result.total.due if counts_absent(month) else 0,
        "definitions": [
            {"name": rate.label, "text": rate.words, "clause": rate.clause}
            for rate in rates_rule(month).definitions
            if rate.id != CONCEAL
        ],
        "late": late_lines(result),
        "late_total": result.total.reported - result.total.timely,
        "unreported": unreported_lines(result),
    }


def counts_absent(month: dt.date) -> bool:
    """Whether the definition of the month counts what is due and not in the portal."""
    return any(rate.denominator == "should_report" for rate in rates_rule(month).definitions)


def row(name: str, counts: Counts, month: dt.date) -> dict[str, Any]:
    """One line of the table: counts as numbers, rates as text."""
    report, compliance, timely = counts.three_rates(month)
    return {
        "department": name,
        "due": report.denominator,
        "reported": counts.reported,
        "valid": counts.valid,
        "timely": counts.timely,
        "reported_rate": report.percent,
        "valid_rate": compliance.percent,
        "timely_rate": timely.percent,
    }


def late_lines(result: Board) -> list[dict[str, Any]]:
    """Reported decisions of the month that the platform did not take in time, latest first."""
    departments = [line.department.pk for line in result.lines]
    rows: list[Decision] = []
    for model in DECISION_MODELS.values():
        month = model.objects.decided_in(result.month).filter(authority__in=departments)
        rows.extend(outside_rate(month, "late").for_table()[:MAX_LATE])
    taken = accepted_on([decision.reference for decision in rows])
    lines = [late_line(decision, taken.get(decision.reference)) for decision in rows]
    return sorted(lines, key=lambda one: -one["days_late"])[:MAX_LATE]


def unreported_lines(result: Board) -> list[dict[str, Any]]:
    """By department, the decisions of the month that the platform has not been given, and how many of them are past
    their deadline; those with the most first."""
    today = timezone.localdate()
    departments = [line.department.pk for line in result.lines]
    found: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for model in DECISION_MODELS.values():
        month = model.objects.decided_in(result.month).filter(authority__in=departments)
        rows = outside_rate(month, "unreported").order_by().values_list("authority__name")
        past = Count("pk", filter=Q(deadline_on__lt=today))
        for name, total, late in rows.annotate(total=Count("pk"), late=past):
            found[name] += total
            overdue[name] += late
    return [
        {"department": name, "unreported": total, "overdue": overdue[name]}
        for name, total in found.most_common()
    ]


def accepted_on(references: list[str]) -> dict[str, dt.date]:
    """When the platform first took each of these records."""
    rows = OutboxMessage.objects.filter(stream__in=references, state="accepted").order_by()
    return dict(rows.values_list("stream").annotate(first=Min("received_on")))


def late_line(decision: Decision, taken_on: dt.date | None) -> dict[str, Any]:
    published = timezone.localdate(decision.published_at) if decision.published_at else None
    return {
        "department": decision.authority.name,
        "party": public_name(decision),
        "reference": decision.document_number,
        "decided_on": decision.decided_on,
        "deadline": decision.deadline_on,
        "published_on": published,
        "days_late": workdays_late(
            decision.deadline_on, taken_on or timezone.localdate(), load_calendar()
        ),
        "reason": decision.late_reason,
    }
