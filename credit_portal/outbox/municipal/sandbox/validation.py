"""The platform's own checks of an item.

Written a second time from the published table (`rules/receiver.yaml`), with nothing of the portal's pre-flight in it
and nothing but the standard library: where the two differ, one of them has misread the table, and
`tests/outbox/test_preflight.py` finds it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

PREFIXES = {"permit": "XK", "penalty": "CF"}
MUST = {
    "permit": "XDR_MC XDR_LB XKWS WSH XKLB NR JDRQ YXQZ YXQZI XKJG XKJGDM ZT LYDW LYDWDM",
    "penalty": "XDR_MC XDR_LB WSH WFXW SY YJ CFLB NR JDRQ YXQ CFJG CFJGDM SJLY SJLYDM",
}
DATES = {"permit": "JDRQ YXQZ YXQZI", "penalty": "JDRQ YXQ GSJZQ"}
PERIODS = {"permit": [("YXQZ", "YXQZI")], "penalty": [("JDRQ", "YXQ"), ("JDRQ", "GSJZQ")]}
AMOUNTS = {"permit": "", "penalty": "NR_FK NR_WFFF"}
TEXTS = {"permit": "NR", "penalty": "WFXW SY YJ NR"}
SOCIAL_CODES = {"permit": "XDR_SHXYM XKJGDM LYDWDM", "penalty": "XDR_SHXYM CFJGDM SJLYDM"}
LENGTHS = {
    "permit": {"XDR_MC": 200, "XKWS": 200, "XKJG": 200, "LYDW": 200, "WSH": 128, "NR": 4000},
    "penalty": {"XDR_MC": 200, "CFJG": 200, "SJLY": 200, "NR_ZKDX": 200, "WSH": 128, "SY": 5000}
    | {"NR": 4000},
}
PARTIES = ("法人及非法人组织", "自然人", "个体工商户")
ALPHABET = set("0123456789ABCDEFGHJKLMNPQRTUWXY")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = re.compile(r"[0-9]+(?:[Xx](?![0-9]))?")


class Reading:
    """The fields of one item by their tails: `XDR_MC` is XK_XDR_MC of a permit and CF_XDR_MC of a penalty."""

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self.kind, self.prefix, self._fields = kind, PREFIXES[kind], fields

    def full(self, tail: str) -> str:
        return tail if tail == "BZ" else f"{self.prefix}_{tail}"

    def __getitem__(self, tail: str) -> str:
        value = self._fields.get(self.full(tail))
        return value if isinstance(value, str) else ""


def refusal(kind: str, fields: dict[str, Any]) -> tuple[str, str]:
    """The first code that applies, and the fields; two empty texts when nothing does."""
    reading = Reading(kind, fields)
    for code, tails in refusals(reading):
        if tails:
            return code, "、".join(reading.full(tail) for tail in tails)
    return "", ""


def refusals(read: Reading) -> Iterator[tuple[str, list[str]]]:
    kind = read.kind
    yield "1002", [tail for tail in required(read) if not read[tail]]
    days = {tail: day_of(read[tail]) for tail in DATES[kind].split() if read[tail]}
    yield "1003", [tail for tail, day in days.items() if day is None] + reversed_periods(kind, days)
    yield "1006", [t for t in AMOUNTS[kind].split() if read[t] and not is_amount(read[t])]
    yield "1007", [t for t in (*TEXTS[kind].split(), "BZ") if names_a_person(read[t])]
    yield "1012", [t for t in SOCIAL_CODES[kind].split() if read[t] and not is_code(read[t])]
    most = LENGTHS[kind] | {"BZ": 512}
    yield "1013", [tail for tail, length in most.items() if len(read[tail]) > length]
    yield "1014", strange_values(read)


def required(read: Reading) -> list[str]:
    tails = MUST[read.kind].split()
    party = read["XDR_LB"]
    if PARTIES[0] in party or PARTIES[2] in party:
        tails += ["XDR_SHXYM", "FRDB"]
    if PARTIES[1] in party:
        tails += ["XDR_ZJLX", "XDR_ZJHM"]
    if "罚款" in read["CFLB"]:
        tails.append("NR_FK")
    return tails


def reversed_periods(kind: str, days: dict[str, dt.date | None]) -> list[str]:
    found = []
    for first, last in PERIODS[kind]:
        start, end = days.get(first), days.get(last)
        if start is not None and end is not None and start > end:
            found.append(last)
    return found


def strange_values(read: Reading) -> list[str]:
    found = ["XDR_LB"] if read["XDR_LB"] and read["XDR_LB"] not in PARTIES else []
    if read.kind == "permit" and read["ZT"] not in ("", "1", "2"):
        found.append("ZT")
    return found


def day_of(text: str) -> dt.date | None:
    if len(text) != 10 or not text.isascii():
        return None
    try:
        return dt.datetime.strptime(text, "%Y/%m/%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        return None


def is_amount(text: str) -> bool:
    whole, point, part = text.partition(".")
    if not text.isascii() or not whole.isdigit() or len(whole) > 7:
        return False
    return not point or (part.isdigit() and len(part) <= 6)


def is_code(text: str) -> bool:
    return len(text) == 18 and set(text) <= ALPHABET


def names_a_person(text: str) -> bool:
    """An ID number of 18 characters that stands alone, with a day of birth and the right last character."""
    runs = (match.group() for match in DIGITS.finditer(text))
    return any(is_id_number(run) for run in runs)


def is_id_number(run: str) -> bool:
    if len(run) == 19 and run[18] in "Xx":
        run = run[:18]  # eighteen digits, then a letter that belongs to the text
    if len(run) != 18 or run[0] == "0" or run[6:8] not in ("18", "19", "20"):
        return False
    if not 1 <= int(run[10:12]) <= 12 or not 1 <= int(run[12:14]) <= 31:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(run, WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == run[17].upper()
