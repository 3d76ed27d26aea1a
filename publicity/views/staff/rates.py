"""The board of the three rates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.rules import rates_rule
from credit_portal.web.gates import StaffView

from ...filters import read_month
from ...querysets import month_after
from ...selectors.desk import KIND_WORDS
from ...selectors.rates import CONCEAL, Board, Counts, DepartmentLine, Rate, board, trend

SMALL = 5  # below this many a percentage says little
# What the numerator of a rate leaves out, as a filter of the list.
GAPS = {"reported": "unreported", "valid": "invalid", "timely": "late"}


@dataclass(frozen=True)
class Gap:
    """The rows of one kind that a rate is missing, and where to see them."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Cell:
    rate: Rate
    small: bool
    gaps: tuple[Gap, ...]


class RatesView(StaffView, TemplateView):
    """A month by department: numerator, denominator, and a link to the rows that are missing."""

    permission = Permission.RATES_VIEW
    template_name = "staff/publicity/rates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        this_month = timezone.localdate().replace(day=1)
        month = read_month(self.request.GET.get("month", "")) or this_month
        result = board(month=month, user=self.user)
        following = month_after(month)
        return super().get_context_data(**kwargs) | {
            "board": result,
            "lines": self.board_lines(result),
            "total": cells(result.total, month),
            "trend": trend_table(month, self.user),
            "definitions": rates_rule(month).definitions,
            "counts_absent": any(
                one.denominator == "should_report" for one in rates_rule(month).definitions
            ),
            "previous": (month - dt.timedelta(days=1)).replace(day=1),
            "following": following if following <= this_month else None,
            "small": SMALL,
            "month_query": f"?month={month:%Y-%m}",
            "can_export": policy.may(self.user, Permission.REPORT_EXPORT),
        }

    def board_lines(self, result: Board) -> list[tuple[DepartmentLine, list[Cell]]]:
        """The lines with their rates; people who may not see decisions get numbers without links."""
        linked = policy.may(self.user, Permission.DECISION_VIEW)
        return [
            (line, cells(line.counts, result.month, line if linked else None))
            for line in result.lines
        ]


def trend_table(until: dt.date, user: User) -> dict[str, Any]:
    """Twelve months as columns and rows of text, for the chart and the table beside it."""
    shown = [rate for rate in rates_rule(until).definitions if rate.id != CONCEAL]
    labels = [definition.label for definition in shown]
    return {
        "columns": [{"label": "月份"}, *({"label": label, "num": True} for label in labels)],
        "rows": [
            [
                f"{month:%Y-%m}",
                *(rate.percent for rate in counts.rates(month) if rate.name != CONCEAL),
            ]
            for month, counts in trend(until=until, user=user)
        ],
    }


def cells(counts: Counts, month: dt.date, line: DepartmentLine | None = None) -> list[Cell]:
    definitions = rates_rule(month).definitions
    return [
        Cell(
            rate=rate,
            small=0 < rate.denominator < SMALL,
            gaps=gaps(line, month, definition.numerator, definition.denominator) if line else (),
        )
        for rate, definition in zip(counts.rates(month), definitions, strict=True)
    ]


def three(found: list[Cell]) -> list[Cell]:
    """上报率, 合规率, 及时率, where there is no room for what spot checks found."""
    return [cell for cell in found if cell.rate.name != CONCEAL]


def gaps(line: DepartmentLine, month: dt.date, numerator: str, denominator: str) -> tuple[Gap, ...]:
    if denominator == "spotchecked":
        return spot_rows(line.counts)
    query = {"authority": line.department.uscc, "month": f"{month:%Y-%m}", "gap": GAPS[numerator]}
    found = []
    uscc = line.department.uscc
    for kind, counts in line.by_kind.items():
        held = "due" if denominator == "should_report" else denominator
        missing = getattr(counts, held) - getattr(counts, numerator)
        if missing:
            address = reverse("staff:publicity:decision_list", args=[kind])
            found.append(Gap(KIND_WORDS[kind], missing, f"{address}?{urlencode(query)}"))
    if denominator == "should_report":
        found += absent_rows(line.counts, uscc, month)
    return tuple(found)


def spot_rows(counts: Counts) -> tuple[Gap, ...]:
    """Of spot checks the rows are what was found, not what is missing."""
    found = counts.not_reported_in_spotcheck
    return (Gap("抽查未上报", found, reverse("staff:publicity:spot_list")),) if found else ()


def absent_rows(counts: Counts, uscc: str, month: dt.date) -> list[Gap]:
    """What is due and not in the portal at all: the missing numbers of the month, and its cases."""
    query = f"?month={month:%Y-%m}"
    found = [
        ("缺号", counts.gaps, reverse("staff:publicity:register_gaps", args=[uscc])),
        ("案件", counts.cases, reverse("staff:publicity:register_cases", args=[uscc])),
    ]
    return [Gap(label, count, f"{url}{query}") for label, count, url in found if count]
