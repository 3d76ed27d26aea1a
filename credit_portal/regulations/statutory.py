"""Statutory holidays of years whose official arrangement is not loaded. Dates counted with them are provisional."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from .loader import rule_book


@lru_cache(maxsize=256)
def statutory_days(year: int) -> Mapping[date, str]:
    """Day → name. Bridging rest days and make-up workdays are decreed each year and cannot be derived."""
    rule = rule_book()["calendar.statutory_days"].on(date(year, 1, 1)).value
    starts = {item["name"]: date(year, item["month"], item["day"]) for item in rule["fixed"]}
    lengths = {item["name"]: item["days"] for item in rule["fixed"]}
    for item in rule["movable"]:
        festival = _movable_dates(year).get(item["name"])
        if festival is not None:
            starts[item["name"]] = festival + timedelta(days=item["offset"])
            lengths[item["name"]] = item["days"]
    return MappingProxyType(
        {
            first + timedelta(days=step): name
            for name, first in starts.items()
            for step in range(lengths[name])
        }
    )


def names_left_out(year: int) -> tuple[str, ...]:
    """Festivals of the year that no table tells us."""
    rule = rule_book()["calendar.statutory_days"].on(date(year, 1, 1)).value
    known = _movable_dates(year)
    return tuple(item["name"] for item in rule["movable"] if item["name"] not in known)


def _movable_dates(year: int) -> Mapping[str, date]:
    table: Mapping[int, Mapping[str, date]] = rule_book()["calendar.movable_dates"].values[0].value
    return table.get(year, MappingProxyType({}))
