"""Questions to the rule files that are not dates: what held on a day.

from credit_portal.regulations.rules import rules_on, rates_rule, security_rules
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from .loader import Parameter, RuleBook, Value, rule_book


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule book seen from one day. Store `rule_set_id` and `version` with what was decided by it."""

    day: date
    book: RuleBook

    @property
    def rule_set_id(self) -> str:
        """The regulation that governs penalty publicity on the day, e.g. REP-36."""
        return self.value("publicity.period.penalty").rule_set

    @property
    def version(self) -> str:
        return self.book.version

    def value(self, rule: str) -> Value:
        return self.book[rule].on(self.day)

    def title(self, rule: str) -> str:
        return self.book[rule].title

    def deadlines(self) -> tuple[Parameter, ...]:
        return tuple(self.book.of_kind("deadline"))


@lru_cache(maxsize=512)
def rules_on(day: date) -> Rules:
    return Rules(day, rule_book())


@dataclass(frozen=True, slots=True)
class RateDefinition:
    """What is divided by what. `numerator` and `denominator` are the names of counts."""

    id: str
    label: str
    numerator: str
    numerator_title: str
    denominator: str
    denominator_title: str
    words: str
    clause: str
    confidence: str
    note: str
    deadline: str = ""
    board: bool = False


@dataclass(frozen=True, slots=True)
class RatesRule:
    all: tuple[RateDefinition, ...]

    @property
    def definitions(self) -> tuple[RateDefinition, ...]:
        """The rates that the portal can work out itself, in the order of the board."""
        return tuple(rate for rate in self.all if rate.board)


@lru_cache(maxsize=512)
def rates_rule(day: date) -> RatesRule:
    """`report`, `compliance`, `timely`, `conceal`, `link` as defined on the day."""
    return RatesRule(
        tuple(_rate(parameter, parameter.on(day)) for parameter in rule_book().of_kind("rate"))
    )


def _rate(parameter: Parameter, value: Value) -> RateDefinition:
    return RateDefinition(
        id=parameter.id.removeprefix("rate."),
        label=parameter.title,
        words=value.words,
        clause=str(value.reference),  # the words stand beside it wherever a rate is defined
        confidence=value.confidence,
        note=value.note,
        **value.value,
    )


@dataclass(frozen=True, slots=True)
class SecurityRules:
    password_staff_length: int
    password_public_length: int
    password_max_length: int
    password_kinds: int
    password_max_age: int  # days
    password_history: int
    password_min_age: int  # hours
    lock_failures: int
    lock_minutes: int
    factor_tries_5_minutes: int
    factor_tries_hour: int
    factor_tries_day: int
    session_staff_idle: int  # minutes
    session_public_idle: int  # minutes
    session_absolute: int  # hours
    logs_keep: int  # years
    letter_valid: int  # days
    letter_warning: int
    letter_tries: int
    letter_rest: int  # hours
    letter_rest_longest: int  # hours
    delegate_longest: int  # years
    delegate_warning: int  # days


@lru_cache(maxsize=512)
def security_rules(day: date) -> SecurityRules:
    rules = rules_on(day)
    names = [field.name for field in fields(SecurityRules)]
    return SecurityRules(
        **{name: rules.value(f"security.{name.replace('_', '.', 1)}").value for name in names}
    )


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """Numbers of the way to the municipal platform; seconds, but for the alarm."""

    circuit_failures: int
    circuit_first_pause: int
    circuit_longest_pause: int
    circuit_alarm: int  # minutes
    ask_again: int


@lru_cache(maxsize=512)
def delivery_rules(day: date) -> DeliveryRules:
    rules = rules_on(day)
    names = [field.name for field in fields(DeliveryRules)]
    return DeliveryRules(
        **{
            name: rules.value(f"delivery.{name.replace('circuit_', 'circuit.')}").value
            for name in names
        }
    )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A case that is kept off one channel or both. The two channels are never one switch."""

    id: str
    title: str
    channels: frozenset[str]  # "dept_disclosure", "credit_site_publicity"
    clause: str
    confidence: str
    note: str


def exclusions_on(day: date) -> Mapping[str, Exclusion]:
    """`simple_procedure`, `warning_only`, … in force on the day. Before its rule began, a case excluded nothing."""
    found = {}
    for parameter in rule_book().of_kind("exclusion"):
        value = parameter.in_force(day)
        if value is not None:
            found[parameter.id.removeprefix("exclusion.")] = Exclusion(
                parameter.id,
                parameter.title,
                frozenset(value.value["channels"]),
                value.clause,
                value.confidence,
                value.note,
            )
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class RepairChannel:
    """Where repair of a penalty is applied for."""

    title: str
    address: str
    clause: str
    confidence: str
    note: str


def repair_channel(organ: str, day: date) -> RepairChannel:
    """For a penalty of the organ with this name, by the rule of the day of the application."""
    value = rules_on(day).value("repair.channel")
    named = [one for one in value.value if any(word in organ for word in one.get("organs", ()))]
    found = (named or [one for one in value.value if "organs" not in one])[0]
    return RepairChannel(
        found["title"], found["address"], value.clause, value.confidence, value.note
    )


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    aliases: tuple[str, ...] = ()
    text: str = ""  # "required": the entry must be followed by words, as in 其他-…
    code: str = ""  # what the database stores, where titles may change
    counts: bool = False  # whether what it stands for counts as due


@dataclass(frozen=True, slots=True)
class Dictionary:
    id: str
    title: str
    entries: tuple[Entry, ...]
    clause: str
    confidence: str

    def find(self, text: str) -> Entry | None:
        """By title or by an accepted alias."""
        return next(
            (entry for entry in self.entries if text == entry.title or text in entry.aliases), None
        )

    def coded(self, code: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.code == code), None)


def dictionary(name: str, day: date) -> Dictionary:
    """`party_category`, `permit_category`, `penalty_category`, `number_gap`, … as valid on the day."""
    parameter = rule_book()[f"dictionary.{name}"]
    value = parameter.on(day)
    entries = tuple(Entry(**entry) for entry in value.value)
    return Dictionary(parameter.id, parameter.title, entries, value.clause, value.confidence)
