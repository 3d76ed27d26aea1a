"""The receiver's published rules as data: which code means what, since which version of the table, and how to check it.

`rules/receiver.yaml` is read once. A rule has a day from which it holds, by way of its version, so that a change that
the platform has announced is loaded before it begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

TABLE = Path(__file__).parent / "rules" / "receiver.yaml"
CHECKS = {"filled", "date", "order", "amount", "no_id_number", "social_code", "length", "one_of"}


class RuleTableError(Exception):
    """The table is not complete or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Version:
    version: str
    begins: dt.date
    note: str


@dataclass(frozen=True, slots=True)
class Check:
    """One look at fields of a kind; `when` and `contains` name the condition, where there is one."""

    name: str
    kind: str
    fields: tuple[str, ...]
    when: str = ""
    contains: tuple[str, ...] = ()
    most: int = 0
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverRule:
    """A code of refusal. `since` and `until` are places in the list of versions, both included."""

    code: str
    words: str
    example: str
    since: int
    until: int
    here: bool
    checks: tuple[Check, ...]
    version: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for check in self.checks for name in check.fields))


@dataclass(frozen=True)
class RuleTable:
    versions: tuple[Version, ...]
    rules: tuple[ReceiverRule, ...]
    labels: Mapping[str, str]

    def place_on(self, day: dt.date) -> int:
        """Which version holds on the day; before the first one, the first."""
        begun = [place for place, row in enumerate(self.versions) if row.begins <= day]
        return begun[-1] if begun else 0

    def version_on(self, day: dt.date) -> str:
        return self.versions[self.place_on(day)].version

    def rules_on(self, day: dt.date) -> tuple[ReceiverRule, ...]:
        place = self.place_on(day)
        return tuple(rule for rule in self.rules if rule.since <= place <= rule.until)

    def words_of(self, code: str) -> str:
        """Of any version: the platform may answer with a code that we already count as gone."""
        return next((rule.words for rule in self.rules if rule.code == code), "")

    def label(self, field: str) -> str:
        return self.labels.get(field, field)


@lru_cache(maxsize=1)
def rule_table() -> RuleTable:
    return read_table(yaml.safe_load(TABLE.read_text(encoding="utf-8")))


def read_table(raw: Mapping[str, Any]) -> RuleTable:
    versions = tuple(
        Version(row["version"], row["from"], row.get("note", "")) for row in raw["versions"]
    )
    for earlier, later in pairwise(versions):
        if later.begins <= earlier.begins:
            raise RuleTableError(f"{later.version} 应晚于 {earlier.version}。")
    places = {row.version: place for place, row in enumerate(versions)}
    rules = tuple(read_rule(row, places) for row in raw["rules"])
    codes = [rule.code for rule in rules]
    if len(codes) != len(set(codes)):
        raise RuleTableError("退回代码重复。")
    return RuleTable(versions, rules, MappingProxyType(dict(raw["labels"])))


def read_rule(row: Mapping[str, Any], places: Mapping[str, int]) -> ReceiverRule:
    code = str(row.get("code", ""))
    if lacking := [name for name in ("code", "words", "example", "since") if not row.get(name)]:
        raise RuleTableError(f"{code or '规则'} 缺少 {'、'.join(lacking)}。")
    last = row.get("until", "")
    if row["since"] not in places or (last and last not in places):
        raise RuleTableError(f"{code} 的版本不在 versions 中。")
    return ReceiverRule(
        code=code,
        words=row["words"],
        example=row["example"],
        since=places[row["since"]],
        until=places[last] if last else len(places) - 1,
        here=row.get("where") == "here",
        checks=tuple(read_check(code, item) for item in row.get("checks", [])),
        version=row["since"],
    )


def read_check(code: str, item: Mapping[str, Any]) -> Check:
    if item.get("check") not in CHECKS or not item.get("fields"):
        raise RuleTableError(f"{code} 的核对方式不认识：{item.get('check')}。")
    return Check(
        name=item["check"],
        kind=item["kind"],
        fields=tuple(item["fields"]),
        when=item.get("when", ""),
        contains=tuple(item.get("contains", ())),
        most=item.get("most", 0),
        values=tuple(item.get("values", ())),
    )
