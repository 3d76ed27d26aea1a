"""What the receiver would refuse, found before anything is sent.

Only what the published table says and what can be known here; whether a firm stands in the platform's register or a
number is taken, the platform alone knows. An empty field is a matter of `filled`; every other check passes over it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stdnum.cn import ric

from .receiver_rules import Check, rule_table

KINDS = ("permit", "penalty")
DATE = re.compile(r"\d{4}/\d{2}/\d{2}", re.ASCII)
AMOUNT = re.compile(r"\d{1,7}(?:\.\d{1,6})?", re.ASCII)
SOCIAL_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
ID_NUMBER = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])"
)
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """One code and the fields to which it applies."""

    code: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        table = rule_table()
        named = "、".join(table.label(name) for name in self.fields)
        return f"{table.words_of(self.code)}（{named}）" if named else table.words_of(self.code)


def faults(kind: str, body: str, day: dt.date) -> list[Fault]:
    """Everything for which the platform would refuse this text under the rules of the day."""
    try:
        payload = json.loads(body)
        fields = payload["fields"]
        texts = {str(name): value for name, value in fields.items() if isinstance(value, str)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return [Fault("1099")]
    if kind not in KINDS:
        return [Fault("1011")]
    if payload.get("operation") == "withdraw":
        return []
    return faults_of_fields(kind, texts, day)


def faults_of_fields(kind: str, fields: Fields, day: dt.date) -> list[Fault]:
    found = []
    for rule in rule_table().rules_on(day):
        names = [
            name
            for check in rule.checks
            if check.kind == kind and concerns(check, fields)
            for name in LOOKS[check.name](check, fields)
        ]
        if names:
            found.append(Fault(rule.code, tuple(dict.fromkeys(names))))
    return found


def in_words(found: list[Fault]) -> str:
    return "；".join(map(str, found))


def concerns(check: Check, fields: Fields) -> bool:
    return not check.when or any(word in fields.get(check.when, "") for word in check.contains)


def filled(check: Check, fields: Fields) -> list[str]:
    return [name for name in check.fields if not fields.get(name)]


def each(wrong: Callable[[Check, str], bool]) -> Callable[[Check, Fields], list[str]]:
    """A look at the value of each field that is filled."""

    def look(check: Check, fields: Fields) -> list[str]:
        return [name for name in check.fields if fields.get(name) and wrong(check, fields[name])]

    return look


def no_date(check: Check, text: str) -> bool:
    return civil_day(text) is None


def order(check: Check, fields: Fields) -> list[str]:
    first, last = (civil_day(fields.get(name, "")) for name in check.fields)
    return [check.fields[1]] if first and last and last < first else []


def no_amount(check: Check, text: str) -> bool:
    return not AMOUNT.fullmatch(text)


def has_id_number(check: Check, text: str) -> bool:
    found = (match.group().upper() for match in ID_NUMBER.finditer(text))
    return any(ric.calc_check_digit(number) == number[17] for number in found)


def no_social_code(check: Check, text: str) -> bool:
    return not SOCIAL_CODE.fullmatch(text)


def too_long(check: Check, text: str) -> bool:
    return len(text) > check.most


def not_one_of(check: Check, text: str) -> bool:
    return text not in check.values


def civil_day(text: str) -> dt.date | None:
    """The day of `2026/10/09`; nothing for what is no day."""
    if not DATE.fullmatch(text):
        return None
    try:
        return dt.date(*map(int, text.split("/")))
    except ValueError:
        return None


LOOKS: dict[str, Callable[[Check, Any], list[str]]] = {
    "filled": filled,
    "date": each(no_date),
    "order": order,
    "amount": each(no_amount),
    "no_id_number": each(has_id_number),
    "social_code": each(no_social_code),
    "length": each(too_long),
    "one_of": each(not_one_of),
}
