"""When people are reminded of a deadline: stages set as dated rule data, none of them law."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .loader import rule_book


@dataclass(frozen=True, slots=True)
class Stage:
    """Reached when so much of the period is over, or so few working days are left."""

    key: str
    title: str
    share: int = 0  # per cent of the working days
    left: int | None = None  # working days; 0 on the day itself, negative past it
    office: bool = False  # the committee office is told as well

    def is_reached(self, total: int, left: int) -> bool:
        if self.left is not None:
            return left <= self.left
        return (total - left) * 100 >= self.share * total


@lru_cache(maxsize=512)
def stages_on(day: date) -> tuple[Stage, ...]:
    """The stages as they are set on the day, in their order."""
    value = rule_book()["reminder.publicity"].on(day).value
    return tuple(
        Stage(
            row["stage"],
            row["title"],
            row.get("share", 0),
            row.get("left"),
            row.get("office", False),
        )
        for row in value
    )


def last_reached(stages: Iterable[Stage], total: int, left: int) -> Stage | None:
    """The last stage that is reached with `left` of `total` working days; those before it are not told any more."""
    reached = [stage for stage in stages if stage.is_reached(total, left)]
    return reached[-1] if reached else None
