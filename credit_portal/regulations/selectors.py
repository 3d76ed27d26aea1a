"""What staff should be told about the calendar."""

from datetime import date

from .calendar import Calendar, load_calendar

FIRST_WARNING_MONTH = 11  # the notice for the next year is issued in October or November
# There is no page for it: the sentence itself says who does what.
FOR_CARETAKERS = (
    "国务院办公厅公布后，请将放假安排交系统运维人员载入（方法见运维手册“工作日历”），"
    "载入后一刻钟内自动重新计算。"
)
FOR_OTHERS = "国务院办公厅公布后由安委办安排载入，期限自动重新计算，您不必办理。"


def missing_years(today: date, calendar: Calendar | None = None) -> tuple[int, ...]:
    """This year if it is not loaded, and from 1 November the next."""
    calendar = calendar or load_calendar()
    wanted = [today.year] + [today.year + 1] * (today.month >= FIRST_WARNING_MONTH)
    return tuple(year for year in wanted if not calendar.is_loaded(year))


def missing_year_warning(today: date, *, caretaker: bool) -> str:
    """What is missing, what that means and who mends it, for the staff home page; or nothing."""
    years = "、".join(f"{year}年" for year in missing_years(today))
    if not years:
        return ""
    advice = FOR_CARETAKERS if caretaker else FOR_OTHERS
    return f"{years}放假安排尚未载入，涉及的期限均为暂定。{advice}"
