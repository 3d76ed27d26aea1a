"""Dates that can say how they were found, and the arithmetic of months.

Explained dates are stored as JSON with what they date, so that a change of law moves nothing already decided.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

NO_END = date(2099, 12, 31)  # as the national data standard writes 长期


def add_months(day: date, months: int) -> date:
    """The corresponding day of the end month, or that month's last day if it has none.

    The start day is not counted (Civil Code, articles 201 and 202).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


@dataclass(frozen=True, slots=True)
class SkippedDay:
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class ExplainedDate:
    result: date
    provisional: bool
    rule: str
    clause: str
    start: date
    skipped: tuple[SkippedDay, ...] = ()
    note: str = ""
    confidence: str = "sourced"
    version: str = ""  # of the rule book it was computed with

    def as_json(self) -> dict[str, Any]:
        return {
            "result": self.result.isoformat(),
            "provisional": self.provisional,
            "rule": self.rule,
            "clause": self.clause,
            "start": self.start.isoformat(),
            "skipped": [{"day": item.day.isoformat(), "name": item.name} for item in self.skipped],
            "note": self.note,
            "confidence": self.confidence,
            "version": self.version,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        return cls(
            result=date.fromisoformat(raw["result"]),
            provisional=raw["provisional"],
            rule=raw["rule"],
            clause=raw["clause"],
            start=date.fromisoformat(raw["start"]),
            skipped=tuple(
                SkippedDay(date.fromisoformat(item["day"]), item["name"]) for item in raw["skipped"]
            ),
            note=raw["note"],
            confidence=raw.get("confidence", "sourced"),
            version=raw.get("version", ""),
        )


@dataclass(frozen=True, slots=True)
class ExplainedPeriod:
    """Public on every day of [starts, latest_end], both included.

    `earliest_end` is the first day on which publicity may be ended early; where no early end exists it is
    `latest_end`. What never ends has `NO_END` as its latest end and no `ends_on`.
    """

    starts: ExplainedDate
    earliest_end: ExplainedDate
    latest_end: ExplainedDate
    rule_set: str
    grade: str = ""
    grade_title: str = ""

    @property
    def ends_on(self) -> date | None:
        return None if self.latest_end.result >= NO_END else self.latest_end.result

    def as_json(self) -> dict[str, Any]:
        return {
            "starts": self.starts.as_json(),
            "earliest_end": self.earliest_end.as_json(),
            "latest_end": self.latest_end.as_json(),
            "rule_set": self.rule_set,
            "grade": self.grade,
            "grade_title": self.grade_title,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        return cls(
            starts=ExplainedDate.from_json(raw["starts"]),
            earliest_end=ExplainedDate.from_json(raw["earliest_end"]),
            latest_end=ExplainedDate.from_json(raw["latest_end"]),
            rule_set=raw["rule_set"],
            grade=raw.get("grade", ""),
            grade_title=raw.get("grade_title", ""),
        )
