"""Dates and amounts in every shape that spreadsheets and people give them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from math import isfinite
from typing import Any

from .cleaning import BLANKS, Reader, Remark, is_nothing, note, shown

EARLIEST, LATEST = dt.date(1950, 1, 1), dt.date(2100, 12, 31)
FOREVER = dt.date(2099, 12, 31)  # "long-term" in the national table
FOREVER_WORDS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})
OFFICIAL_DATE = re.compile(r"(\d{4})([/-])(\d{2})\2(\d{2})")
WRITTEN_DATE = re.compile(r"(\d{4})\s*([-/.年．])\s*(\d{1,2})\s*(?:[-/.．]|月)\s*(\d{1,2})\s*日?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL_TEXT = re.compile(r"\d{5}(?:\.\d+)?")
SHORT_YEAR = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
TIME_TAIL = re.compile(r"[ T]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")

AMOUNT = re.compile(r"(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d*)?)\s*(万元?)?")
YUAN = re.compile(r"[¥￥]?\s*-?[\d,，.]+\s*元整?|[¥￥]\s*[\d,，.]+")
LARGEST = Decimal(10) ** 7
MICRO = Decimal("0.000001")


class DateReader(Reader):
    """Dates in every shape that spreadsheets and people give them → YYYY-MM-DD."""

    def __init__(self, *, epoch_1904: bool = False, open_ended: bool = False) -> None:
        super().__init__()
        self.epoch_1904 = epoch_1904
        self.open_ended = open_ended

    def read(self, raw: Any, found: list[Remark]) -> str:
        if is_nothing(raw, found):
            return ""
        notes: list[Remark] = []
        day = self._day(raw, notes)
        if day is not None and self.open_ended and day.year == 9999:
            note(notes, "date_long_term")
            day = FOREVER
        if isinstance(day, dt.date) and EARLIEST <= day <= LATEST:
            found.extend(notes)
            return day.isoformat()
        text = shown(raw)
        note(found, "date_unreadable", value=text, why=_why_unreadable(text, day))
        return ""

    def _day(self, raw: Any, notes: list[Remark]) -> dt.date | None:
        if isinstance(raw, dt.datetime):
            if raw.time() != dt.time():
                note(notes, "date_time_dropped")
            return raw.date()
        if isinstance(raw, dt.date):
            return raw
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return self._from_number(raw, notes)
        return self._from_text(raw, notes) if isinstance(raw, str) else None

    def _from_number(self, number: float, notes: list[Remark]) -> dt.date | None:
        if number >= 10**7:  # 20261009 typed as a number
            return self._compact(f"{number:.0f}", notes) if number == int(number) else None
        day = from_serial(number, epoch_1904=self.epoch_1904)
        note(notes, "date_serial")
        if number != int(number):
            note(notes, "date_time_dropped")
        return day

    def _from_text(self, raw: str, notes: list[Remark]) -> dt.date | None:
        text = unicodedata.normalize("NFKC", raw).strip(BLANKS).lstrip("'")
        if self.open_ended and text in FOREVER_WORDS:
            note(notes, "date_long_term")
            return FOREVER
        if TIME_TAIL.search(text):
            text = TIME_TAIL.sub("", text)
            note(notes, "date_time_dropped")
        if match := OFFICIAL_DATE.fullmatch(text):
            if text != raw:
                note(notes, "spaces")
            return _date(match[1], match[3], match[4])
        if match := WRITTEN_DATE.fullmatch(text):
            note(notes, "date_text_chinese" if match[2] == "年" else "date_text")
            return _date(match[1], match[3], match[4])
        if COMPACT_DATE.fullmatch(text):
            return self._compact(text, notes)
        if SERIAL_TEXT.fullmatch(text):
            return self._from_number(float(text), notes)
        return None

    def _compact(self, digits: str, notes: list[Remark]) -> dt.date | None:
        match = COMPACT_DATE.fullmatch(digits)
        note(notes, "date_text_compact")
        return _date(*match.groups()) if match else None


def from_serial(number: float, *, epoch_1904: bool = False) -> dt.date | None:
    """A spreadsheet's day number. It believes in 29 February 1900 (day 60), which never was."""
    days = int(number)
    if not 1 <= days <= 2_958_465:
        return None
    if epoch_1904:
        return dt.date(1904, 1, 1) + dt.timedelta(days=min(days, 2_957_003))
    if days == 60:
        return None
    return dt.date(1899, 12, 31 if days < 60 else 30) + dt.timedelta(days=days)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _why_unreadable(text: str, day: dt.date | None) -> str:
    if day is not None:
        return f"读出的日期是 {day.isoformat()}，不在合理范围内。"
    if SHORT_YEAR.fullmatch(text.strip(BLANKS)):
        return "年份只有两位，不能确定是哪一年。"
    return "不是有效的日期。"


class AmountReader(Reader):
    """An amount in 万元 → decimal text with at most six decimals. Other units are refused, not converted."""

    def read(self, raw: Any, found: list[Remark]) -> str:
        if is_nothing(raw, found):
            return ""
        number = self._number(raw, found)
        if number is None:
            return ""
        value = number.quantize(MICRO) if number.as_tuple().exponent < -6 else number  # type: ignore[operator]
        if value != number:
            note(found, "amount_rounded", before=format(number, "f"), after=plain_decimal(value))
        shown = plain_decimal(value)
        if value < 0:
            note(found, "amount_negative", value=shown)
        elif value >= LARGEST:
            note(found, "amount_too_large", value=shown)
        elif value > 1000 or 0 < value < Decimal("0.001"):
            note(found, "amount_suspect_yuan", value=shown)
        return shown

    def _number(self, raw: Any, found: list[Remark]) -> Decimal | None:
        number = _plain_number(raw) if not isinstance(raw, str) else self._from_text(raw, found)
        if number is None:
            text = str(raw).strip(BLANKS)
            why = "单位是元，请换算成万元" if YUAN.fullmatch(text) else "不是数字"
            note(found, "amount_unreadable", value=text, why=why)
        return number

    def _from_text(self, raw: str, found: list[Remark]) -> Decimal | None:
        text = unicodedata.normalize("NFKC", raw).strip(BLANKS)
        match = AMOUNT.fullmatch(text)
        if match is None:
            return None
        if match[2]:
            note(found, "amount_with_unit")
        if "," in match[1]:
            note(found, "amount_grouped")
        elif text != raw:
            note(found, "spaces" if raw.strip(BLANKS) == text else "fullwidth_amount")
        return Decimal(match[1].replace(",", ""))


def _plain_number(raw: Any) -> Decimal | None:
    """Fifteen significant digits are what the spreadsheet shows; the rest is binary dust."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not isfinite(raw):
        return None
    return Decimal(f"{raw:.15g}")


def plain_decimal(value: Decimal) -> str:
    """1E+3 → 1000, 7.740 → 7.74."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
