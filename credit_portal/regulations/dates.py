"""Dates that can say how they were found, and the arithmetic of months.

Explained dates are stored as JSON with what they date, so that a change of law moves nothing already decided.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self


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

    `latest_end` is nothing for what never ends. `earliest_end` is the first day on which publicity may be
    ended early, and nothing where no early end exists.
    """

    starts: ExplainedDate
    earliest_end: ExplainedDate | None
    latest_end: ExplainedDate | None
    rule_set: str
    grade: str = ""
    grade_title: str = ""

    @property
    def ends_on(self) -> date | None:
        return self.latest_end.result if self.latest_end else None

    def as_json(self) -> dict[str, Any]:
        return {
            "starts": self.starts.as_json(),
            "earliest_end": self.earliest_end.as_json() if self.earliest_end else None,
            "latest_end": self.latest_end.as_json() if self.latest_end else None,
            "rule_set": self.rule_set,
            "grade": self.grade,
            "grade_title": self.grade_title,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        earliest, latest = raw["earliest_end"], raw["latest_end"]
        return cls(
            starts=ExplainedDate.from_json(raw["starts"]),
            earliest_end=ExplainedDate.from_json(earliest) if earliest else None,
            latest_end=ExplainedDate.from_json(latest) if latest else None,
            rule_set=raw["rule_set"],
            grade=raw.get("grade", ""),
            grade_title=raw.get("grade_title", ""),
        )
