"""Sums of money that a text names: 3.4万元, 34,000.00元, ￥34000, 叁万肆仟元整, 三万四千元, 3万4千元 → yuan.

Pure reading. What has two readings (三万四元: 34000 or 30004?) and what is no exact sum (三万余元) is not read.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

DIGITS = {
    digit: value
    for value, digits in enumerate(
        (
            "零〇",
            "一壹弌",
            "二贰贰貳两",
            "三叁參参",
            "四肆",
            "五伍",
            "六陆陸",
            "七柒",
            "八捌",
            "九玖",
        )
    )
    for digit in digits
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}

# Runs are taken whole and end somewhere: a long number that is no sum does not make the search try every cut of it.
ARABIC = r"(?<!\d)(?:\d{1,3}(?:,\d{3})+|\d+)(?!\d)(?:\.\d+(?!\d))?"
HAN = "".join((*DIGITS, *UNITS, *MYRIADS))
ONE = f"[0-9{''.join(DIGITS)}]"
NUMBER = rf"(?<![{HAN}])(?:{ARABIC}|[{HAN}])(?: ?(?:{ARABIC}|[{HAN}])){{0,40}}"
SUM = re.compile(
    rf"(?P<yuan>{NUMBER}) ?[元圆圓](?!以[上下内])(?:[零〇]?(?P<jiao>{ONE})角)?(?:[零〇]?(?P<fen>{ONE})分)?"
    rf"|¥ ?(?P<bare>{ARABIC})(?! ?[\d,.{HAN}])"
)
TOKEN = re.compile(rf"{ARABIC}|[{HAN}]")


class Sum(NamedTuple):
    """Yuan, and where in the text the words of the sum begin and end."""

    yuan: Decimal
    begin: int
    end: int


def half_width(text: str) -> str:
    """The text as `sums_in` reads it."""
    return unicodedata.normalize("NFKC", text)


def sums_in(plain: str) -> list[Sum]:
    """Every exact sum that a text of half width names, in the order in which they stand there."""
    found = []
    for match in SUM.finditer(plain):
        yuan = number(match["yuan"] or match["bare"])
        if yuan is not None:
            parts = _digit(match["jiao"] or "0") / 10 + _digit(match["fen"] or "0") / 100
            found.append(Sum(yuan + parts, match.start(), match.end()))
    return found


def number(text: str) -> Decimal | None:
    """叁万肆仟, 3.4万 or 34,000 as a number; None when it cannot be read in exactly one way."""
    tokens = TOKEN.findall(text)
    if all(token in DIGITS for token in tokens):
        return Decimal("".join(str(DIGITS[token]) for token in tokens))
    return _read(tokens)


def _read(tokens: list[str]) -> Decimal | None:
    """By places: 十, 百 and 千 multiply the digit before them, 万 and 亿 everything since the last larger one."""
    total = section = Decimal(0)
    digit: Decimal | None = None
    last = (
        1  # the unit just said: after it a lone digit is doubtful (三万二), unless a zero was said
    )
    for token in tokens:
        if token in UNITS:
            last = UNITS[token]
            section += (Decimal(1) if digit is None else digit) * last
            digit = None
        elif token in MYRIADS:
            last = MYRIADS[token]
            total, section = _carried(total, section + (digit or 0), last), Decimal(0)
            digit = None
        elif digit is not None:
            return None  # two digits side by side
        elif token in ("零", "〇"):
            last = 1
        else:
            digit = _digit(token)
    doubtful = digit is not None and last > 10
    return None if doubtful else total + section + (digit or 0)


def _carried(total: Decimal, section: Decimal, myriad: int) -> Decimal:
    """一万二千亿 is (10000 + 2000) 亿, but 一亿二千万 is 1 亿 and 2000 万."""
    if total < myriad:
        return (total + section) * myriad
    return total + section * myriad


def _digit(token: str) -> Decimal:
    return Decimal(DIGITS[token]) if token in DIGITS else Decimal(token.replace(",", ""))
