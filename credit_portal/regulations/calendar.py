"""The working-day calendar in memory. Whoever computes many dates holds one `Calendar`.

A year without its official arrangement never stops anybody: its days are counted from weekends and
statutory holidays, and `touches_unloaded` says that the outcome may still move.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .models import CalendarDay, CalendarYear
from .seed import package_years
from .statutory import names_left_out, statutory_days

ONE_DAY = timedelta(days=1)
WEEKEND = "双休日"
CACHE_SECONDS = 60.0
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rest days and make-up workdays by name, and the years they are complete for."""

    rest: Mapping[date, str]
    work: Mapping[date, str]
    years: frozenset[int]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def is_loaded(self, year: int) -> bool:
        return year in self.years

    def is_workday(self, day: date) -> bool:
        if day in self.work:
            return True
        if day in self.rest or day.weekday() >= 5:
            return False
        return self.is_loaded(day.year) or day not in statutory_days(day.year)

    def name_of(self, day: date) -> str:
        """Why the day is special; empty for an ordinary workday."""
        if day in self.work:
            return f"{self.work[day]}调休上班"
        if day in self.rest:
            return self.rest[day]
        if not self.is_loaded(day.year) and day in statutory_days(day.year):
            return statutory_days(day.year)[day]
        return WEEKEND if day.weekday() >= 5 else ""

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th working day after the day (before it, if negative); the day itself is not counted."""
        key = (day, count)
        if key not in self.memo:
            self.memo[key] = self._step(day, count)
        result: date = self.memo[key]
        return result

    def _step(self, day: date, count: int) -> date:
        step, left = (ONE_DAY if count > 0 else -ONE_DAY), abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first."""
        if end < start:
            return -self.workdays_between(end, start)
        whole_years = sum(self._running(year)[-1] for year in range(start.year, end.year))
        return whole_years + self._until(end) - self._until(start)

    def _until(self, day: date) -> int:
        return self._running(day.year)[day.timetuple().tm_yday]

    def _running(self, year: int) -> list[int]:
        """How many working days the year has up to each of its days; index 0 is the eve of the year."""
        if year not in self.memo:
            first, counts = date(year, 1, 1), [0]
            for offset in range((date(year, 12, 31) - first).days + 1):
                counts.append(counts[-1] + self.is_workday(first + timedelta(days=offset)))
            self.memo[year] = counts
        result: list[int] = self.memo[year]
        return result

    def touches_unloaded(self, after: date, until: date) -> tuple[int, ...]:
        """The years of the days counted, `after` itself not among them, that are not loaded."""
        years = range((after + ONE_DAY).year, until.year + 1)
        return tuple(year for year in years if not self.is_loaded(year))

    def why_provisional(self, years: Iterable[int]) -> str:
        known = max(self.years, default=0)
        sentences = []
        for year in years:
            state = "公布" if year > known else "载入"
            missing = names_left_out(year)
            gap = f"（{'、'.join(missing)}日期未能推定，未计入）" if missing else ""
            sentences.append(
                f"暂定：{year}年放假安排尚未{state}，暂按双休日和法定节假日推算{gap}，待载入后重新计算。"
            )
        return "".join(sentences)


def build_calendar(days: Iterable[tuple[date, str, str]], years: Iterable[int]) -> Calendar:
    rest: dict[date, str] = {}
    work: dict[date, str] = {}
    for day, kind, name in days:
        (work if kind == CalendarDay.Kind.WORK else rest)[day] = name
    return Calendar(rest, work, frozenset(years))


def read_calendar() -> Calendar:
    """From the table. A table without any year was never seeded or has been emptied: the package stands in."""
    years = list(CalendarYear.objects.values_list("year", flat=True))
    days = CalendarDay.objects.values_list("day", "kind", "name")
    if years:
        return build_calendar(days, years)
    package = package_years()
    seeded = [(row.day, row.kind, row.name) for year in package.values() for row in year]
    return build_calendar([*seeded, *days], package)


_cached: tuple[float, Calendar] | None = None


def load_calendar(max_age: float = CACHE_SECONDS) -> Calendar:
    """The calendar as this process knows it, at most a minute old."""
    global _cached
    now = time.monotonic()
    if _cached is None or now - _cached[0] >= max_age:
        _cached = (now, read_calendar())
    return _cached[1]


def forget() -> None:
    """Read the table again at the next question. Other processes notice within a minute."""
    global _cached
    _cached = None
