"""Day 1 of a computed date, so that nobody has to guess whether the start itself counts: it never does."""

from dataclasses import dataclass
from datetime import date

from .calendar import ONE_DAY, load_calendar
from .dates import ExplainedDate
from .loader import rule_book


@dataclass(frozen=True, slots=True)
class FirstDay:
    day: date
    working: bool  # counted in working days, so that the days in between were skipped


def first_day(found: ExplainedDate) -> FirstDay | None:
    """The day after the start, for deadlines in working days the next working day. None for a date that is not
    counted (the start itself, the end of a permit) or whose rule the book no longer has."""
    parameter = rule_book().parameters.get(found.rule)
    if (
        parameter is None
        or found.result <= found.start
        or parameter.id == "publicity.period.permit"
    ):
        return None
    if parameter.kind == "deadline" and parameter.on(found.start).unit == "working_days":
        return FirstDay(load_calendar().add_workdays(found.start, 1), working=True)
    return FirstDay(found.start + ONE_DAY, working=False)
