"""Reads `rules/*.yaml` into frozen objects and refuses what is not complete.

Every value has a start date, a legal reference and a mark that says how well it is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from .exceptions import RuleDataError, RuleNotInForce, UnknownRule
from .shapes import CONFIDENCE, SHAPES, UNITS

RULES_DIR = Path(__file__).parent / "rules"
PARAMETER_KEYS = {"id", "title", "event", "values"}
VALUE_KEYS = {
    *("from", "until", "value", "unit", "reference", "confidence"),
    *("sources", "rule_set", "words", "note"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    document: str
    number: str = ""
    article: str = ""

    def __str__(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.document}》{number}{self.article}"


@dataclass(frozen=True, slots=True)
class Value:
    """What a parameter was from one day on."""

    begins: date
    value: Any
    reference: Reference
    confidence: str
    until: date | None = None
    unit: str = ""
    sources: tuple[str, ...] = ()
    rule_set: str = ""
    words: str = ""
    note: str = ""

    @property
    def clause(self) -> str:
        return f"{self.reference}：{self.words}" if self.words else str(self.reference)

    @property
    def amount(self) -> str:
        return f"{self.value}{UNITS[self.unit]}"


@dataclass(frozen=True, slots=True)
class Parameter:
    id: str
    kind: str
    title: str
    event: str
    values: tuple[Value, ...]

    def in_force(self, day: date) -> Value | None:
        for value in reversed(self.values):
            if value.begins <= day:
                return value if value.until is None or day <= value.until else None
        return None

    def on(self, day: date) -> Value:
        """The value of the day; for a day before the first rule, the first one: callers say so."""
        if day < self.values[0].begins:
            return self.values[0]
        value = self.in_force(day)
        if value is None:
            raise RuleNotInForce(f"规则“{self.id}”在{day}已经失效，没有后续规定。")
        return value


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All parameters of all files. `version` changes whenever any text of a rule file changes."""

    parameters: Mapping[str, Parameter] = field(hash=False)
    version: str

    def __getitem__(self, rule: str) -> Parameter:
        try:
            return self.parameters[rule]
        except KeyError:
            raise UnknownRule(f"没有名为“{rule}”的规则。") from None

    def of_kind(self, kind: str) -> Iterator[Parameter]:
        return (parameter for parameter in self.parameters.values() if parameter.kind == kind)


def freeze(raw: Any) -> Any:
    if isinstance(raw, dict):
        return MappingProxyType({key: freeze(item) for key, item in raw.items()})
    return tuple(freeze(item) for item in raw) if isinstance(raw, list) else raw


class _Reader:
    """One parameter of one file on its way in; knows where it stands so that errors can say it."""

    def __init__(self, file: str, kind: str, raw: Any) -> None:
        self.file, self.kind, self.raw = file, kind, raw
        self.id = str(raw.get("id", "")) if isinstance(raw, dict) else ""

    def insist(self, condition: object, problem: str) -> None:
        if not condition:
            raise RuleDataError(self.file, self.id, problem)

    def parameter(self) -> Parameter:
        self.insist(isinstance(self.raw, dict) and self.id, "缺少 id。")
        self.insist(self.raw.get("title"), "缺少 title。")
        self._only(self.raw, PARAMETER_KEYS)
        rows = self.raw.get("values")
        self.insist(isinstance(rows, list) and rows, "缺少 values。")
        values = tuple(self.value(row) for row in rows)
        self.in_order(values)
        return Parameter(self.id, self.kind, self.raw["title"], self.raw.get("event", ""), values)

    def value(self, row: Any) -> Value:
        self.insist(isinstance(row, dict), "values 的每一项应为键值。")
        self._only(row, VALUE_KEYS)
        self.insist(type(row.get("from")) is date, "from 应为日期。")
        self.insist(type(row.get("until", row["from"])) is date, "until 应为日期。")
        self.marks(row)
        problem = SHAPES[self.kind](row.get("value"), row.get("unit", ""))
        self.insist(not problem, problem)
        reference = row["reference"]
        return Value(
            begins=row["from"],
            until=row.get("until"),
            value=freeze(row["value"]),
            unit=row.get("unit", ""),
            reference=Reference(
                reference["document"], reference.get("number") or "", reference.get("article") or ""
            ),
            confidence=row["confidence"],
            sources=tuple(row.get("sources", [])),
            rule_set=row.get("rule_set", ""),
            words=row.get("words", ""),
            note=row.get("note", ""),
        )

    def marks(self, row: Mapping[str, Any]) -> None:
        reference = row.get("reference")
        self.insist(
            isinstance(reference, dict) and reference.get("document"), "缺少依据 reference。"
        )
        self._only(row["reference"], {"document", "number", "article"})
        confidence = row.get("confidence")
        self.insist(confidence in CONFIDENCE, f"confidence 不认识：{confidence}。")
        self.insist(confidence != "sourced" or row.get("sources"), "sourced 的值应列出 sources。")

    def in_order(self, values: tuple[Value, ...]) -> None:
        for value in values:
            self.insist(value.until is None or value.begins <= value.until, "until 早于 from。")
        for earlier, later in pairwise(values):
            self.insist(earlier.begins < later.begins, f"{later.begins} 未按日期先后排列。")
            overlaps = earlier.until is not None and earlier.until >= later.begins
            self.insist(not overlaps, f"{earlier.begins} 与 {later.begins} 的适用期间重叠。")

    def _only(self, raw: Mapping[str, Any], known: set[str]) -> None:
        unknown = sorted(set(map(str, raw)) - known)
        self.insist(not unknown, f"有不认识的项：{'、'.join(unknown)}。")


def read_file(path: Path) -> Iterator[Parameter]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleDataError(path.name, "", f"不是有效的 YAML：{error}") from error
    if not isinstance(raw, dict) or raw.get("kind") not in SHAPES:
        raise RuleDataError(path.name, "", f"kind 应为 {'、'.join(SHAPES)} 之一。")
    for item in raw.get("parameters") or []:
        yield _Reader(path.name, raw["kind"], item).parameter()


def read_rules(directory: Path) -> RuleBook:
    parameters: dict[str, Parameter] = {}
    digest = sha256()
    for path in sorted(directory.glob("*.yaml")):
        for parameter in read_file(path):
            if parameter.id in parameters:
                raise RuleDataError(path.name, parameter.id, "id 重复。")
            parameters[parameter.id] = parameter
        digest.update(path.read_bytes())
    return RuleBook(MappingProxyType(parameters), digest.hexdigest()[:12])


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    return read_rules(RULES_DIR)
