"""What staff should be told about the calendar."""

from dataclasses import dataclass
from datetime import date

from .calendar import Calendar, load_calendar

FIRST_WARNING_MONTH = 11  # the notice for the next year is issued in October or November


@dataclass(frozen=True, slots=True)
class MissingYear:
    year: int
    sentence: str


def missing_years(today: date, calendar: Calendar | None = None) -> tuple[MissingYear, ...]:
    """This year if it is not loaded, and from 1 November the next."""
    calendar = calendar or load_calendar()
    wanted = [today.year] + [today.year + 1] * (today.month >= FIRST_WARNING_MONTH)
    return tuple(
        MissingYear(
            year,
            f"{year}年放假安排尚未载入，涉及该年的期限均为暂定。请在国务院办公厅通知公布后载入工作日历。",
        )
        for year in wanted
        if not calendar.is_loaded(year)
    )


def missing_year_warning(today: date) -> str:
    """One sentence for the staff home page, or nothing."""
    return "".join(missing.sentence for missing in missing_years(today))
