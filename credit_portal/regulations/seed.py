"""What the package chinesecalendar knows, in the shape of our table. The table decides, the package only seeds it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from chinese_calendar import __version__ as package_version
from chinese_calendar import constants

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    kind: str  # "rest" or "work"
    name: str


def source_of(year: int) -> str:
    return (
        f"国务院办公厅关于{year}年部分节假日安排的通知"
        f"（文号未录，取自 chinesecalendar {package_version}）"
    )


@lru_cache(maxsize=1)
def package_years() -> dict[int, tuple[DayRow, ...]]:
    years: dict[int, list[DayRow]] = defaultdict(list)
    for kind, table in (("rest", constants.holidays), ("work", constants.workdays)):
        for day, name in table.items():
            years[day.year].append(DayRow(day, kind, NAMES[name]))
    return {
        year: tuple(sorted(rows, key=lambda row: row.day)) for year, rows in sorted(years.items())
    }
