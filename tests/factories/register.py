"""Numbering series and what belongs to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from publicity import services
from publicity.models import NumberAnswer, NumberSeries, RegisterCase

from .publicity import Team

PATTERN = "（淮）应急罚〔{year}〕{n}号"  # what the factories of decisions number by


def make_series(
    team: Team,
    kind: str = "penalty",
    *,
    pattern: str = PATTERN,
    first_number: int = 1,
    from_year: int = 2020,
    until_year: int | None = None,
    **extra: Any,
) -> NumberSeries:
    return services.define_series(
        department=team.department,
        kind=kind,
        pattern=pattern,
        first_number=first_number,
        from_year=from_year,
        until_year=until_year,
        by=team.clerk,
        **extra,
    )


def make_case(
    team: Team,
    number: int = 1,
    *,
    kind: str = "penalty",
    decided_on: dt.date | None = None,
    document_number: str | None = None,
    **extra: Any,
) -> RegisterCase:
    """A case as an import would have left it; with a day it is decided."""
    now = timezone.now()
    year = decided_on.year if decided_on else timezone.localdate().year
    default = f"（淮）应急罚〔{year}〕{number}号" if decided_on else ""
    values = {
        "department": team.department,
        "kind": kind,
        "case_number": f"案{number:04d}",
        "party_name": "淮南市焜屿电梯维保有限公司",
        "document_number": default if document_number is None else document_number,
        "decided_on": decided_on,
        "state": "decided" if decided_on else "open",
        "first_seen_at": now,
        "updated_at": now,
    }
    return RegisterCase.objects.create(**(values | extra))


def answer(
    team: Team,
    series: NumberSeries,
    first: int,
    last: int | None = None,
    *,
    reason: str = "void",
    year: int = 2026,
    confirmed: bool = False,
) -> NumberAnswer:
    made = services.answer_numbers(
        series=series,
        year=year,
        first=first,
        last=last or first,
        reason=reason,
        note="经办人核对纸质台账。",
        by=team.clerk,
    )
    if confirmed:
        services.confirm_answers(ids=[made.pk], by=team.reviewer)
        made.refresh_from_db()
    return made
