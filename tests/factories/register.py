"""Numbering series and what belongs to them."""

from __future__ import annotations

from typing import Any

from publicity import services
from publicity.models import NumberSeries

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
