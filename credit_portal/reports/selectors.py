"""The figures of a report, in the shape its sheet prints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.regulations.rules import rates_rule
from publicity.selectors.rates import Counts, board


def rates_report(*, month: dt.date, user: User | None) -> dict[str, Any]:
    """Context of `documents/rates_report.html`; the contract stands at the top of that template."""
    result = board(month=month, user=user)
    return {
        "month": result.month,
        "issued_on": timezone.localdate(),
        "issuer": settings.PORTAL_SITE["organiser"],
        "lines": [row(line.department.name, line.counts, month) for line in result.lines],
        "total": row("合计", result.total, month),
        "definitions": rates_rule(month).definitions,
        "late": [
            (line.department.name, line.counts.reported - line.counts.timely)
            for line in result.lines
            if line.counts.timely < line.counts.reported
        ],
    }


def row(name: str, counts: Counts, month: dt.date) -> dict[str, Any]:
    return {"name": name, "counts": counts, "rates": counts.rates(month)}
