"""The dates that the law makes, each explained: `explain` for deadlines, `publicity_period` for publicity."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from .calendar import FIRST_DAY, LAST_DAY, ONE_DAY, Calendar, load_calendar
from .dates import NO_END, ExplainedDate, ExplainedPeriod, SkippedDay, add_months
from .exceptions import DateOutOfRange, UnknownGrade, UnknownRule
from .loader import Parameter, Value, rule_book

__all__ = ["ExplainedDate", "ExplainedPeriod", "SkippedDay", "explain", "publicity_period"]


def explain(rule: str, start: date, calendar: Calendar | None = None) -> ExplainedDate:
    """The last day of the named period, by the rule in force on `start`, which is itself not counted."""
    calendar = calendar or load_calendar()
    key = (rule, start)
    if key not in calendar.memo:
        calendar.memo[key] = _explain(rule, _in_range(start), calendar)
    result: ExplainedDate = calendar.memo[key]
    return result


def _explain(rule: str, start: date, calendar: Calendar) -> ExplainedDate:
    parameter = rule_book()[rule]
    if parameter.kind != "deadline":
        raise UnknownRule(f"“{rule}”不是期限规则，不能推算日期。")
    value = parameter.on(start)
    if value.unit == "working_days":
        return _by_workdays(parameter, value, start, calendar)
    if value.unit == "calendar_days":
        return _plain(parameter, value, start, start + timedelta(days=value.value))
    months = value.value * (12 if value.unit == "years" else 1)
    return _plain(
        parameter, value, start, add_months(start, months), _month_end_note(start, months)
    )


def _by_workdays(
    parameter: Parameter, value: Value, start: date, calendar: Calendar
) -> ExplainedDate:
    result = calendar.add_workdays(start, value.value)
    between = [start + timedelta(days=step) for step in range(1, (result - start).days + 1)]
    unloaded = calendar.touches_unloaded(start, result)
    notes = [
        f"{day}（{calendar.name_of(day)}）计为工作日。" for day in between if day in calendar.work
    ]
    notes += (
        [calendar.why_provisional(unloaded)] if unloaded else [_year_end_note(result, calendar)]
    )
    return ExplainedDate(
        result=result,
        provisional=bool(unloaded),
        rule=parameter.id,
        clause=value.clause,
        start=start,
        skipped=tuple(
            SkippedDay(day, calendar.name_of(day))
            for day in between
            if not calendar.is_workday(day)
        ),
        note=_early_note(value, start) + "".join(notes),
        confidence=value.confidence,
        version=rule_book().version,
    )


def _plain(
    parameter: Parameter, value: Value, start: date, result: date, note: str = ""
) -> ExplainedDate:
    """A date that needs no calendar of working days."""
    return ExplainedDate(
        result=result,
        provisional=False,
        rule=parameter.id,
        clause=value.clause,
        start=start,
        note=_early_note(value, start) + note,
        confidence=value.confidence,
        version=rule_book().version,
    )


def _in_range(start: date) -> date:
    if not FIRST_DAY <= start <= LAST_DAY:
        raise DateOutOfRange(f"日期 {start} 超出可推算范围（{FIRST_DAY} 至 {LAST_DAY}）。")
    return start


def _early_note(value: Value, start: date) -> str:
    if start >= value.begins:
        return ""
    return f"起算日早于该规定施行日（{value.begins}），按现有最早的规定计算。"


def _year_end_note(result: date, calendar: Calendar) -> str:
    """The notice for next year sometimes moves the last days of this one (2018-12-29 was such a Saturday)."""
    if (result.month, result.day) < (12, 25) or calendar.is_loaded(result.year + 1):
        return ""
    return f"{result.year + 1}年放假安排公布后，年末可能调休，届时复核。"


def _month_end_note(start: date, months: int) -> str:
    if add_months(start, months).day == start.day:
        return ""
    return "到期月份没有对应日，以当月最后一日为准。"


@lru_cache(maxsize=8192)  # a bulk publication asks for the same days again and again
def publicity_period(
    kind: Literal["penalty", "permit"],
    decided_on: date,
    *,
    grade: str | None = None,
    valid_to: date | None = None,
) -> ExplainedPeriod:
    """How long a decision is public, by the rule set in force on the day of the decision.

    Without a grade the rule set's own default stands: the sector's standard is still to come.
    """
    parameter = rule_book()[f"publicity.period.{kind}"]
    value = parameter.on(_in_range(decided_on))
    if kind == "permit":
        return _permit_period(parameter, value, decided_on, valid_to)
    return _penalty_period(parameter, value, decided_on, grade)


def _permit_period(
    parameter: Parameter, value: Value, decided_on: date, valid_to: date | None
) -> ExplainedPeriod:
    last = valid_to if valid_to and valid_to < value.value["no_end"] else NO_END
    note = "公示至有效期届满当日。" if last < NO_END else "长期有效，公示无截止日期。"
    if valid_to is None:
        note = "未填有效期至，按长期有效处理，公示无截止日期。"
    end = _plain(parameter, value, decided_on, last, note)
    return ExplainedPeriod(
        starts=_plain(parameter, value, decided_on, decided_on, "自许可决定之日起公示。"),
        earliest_end=end,
        latest_end=end,
        rule_set=value.rule_set,
    )


def _penalty_period(
    parameter: Parameter, value: Value, decided_on: date, grade: str | None
) -> ExplainedPeriod:
    name, chosen = _class_of(value, grade)
    why = f"{'' if grade else '未另行认定等级，'}按“{chosen['title']}”计算。"
    latest = add_months(decided_on, chosen["max"])
    latest_note = f"最长公示期{chosen['max']}个月，到期当日仍公示。"
    latest_note += _month_end_note(decided_on, chosen["max"])
    earliest, earliest_note = _earliest(chosen, decided_on, latest)
    return ExplainedPeriod(
        starts=_plain(parameter, value, decided_on, decided_on, "自处罚决定之日起计算。"),
        earliest_end=_plain(parameter, value, decided_on, earliest, why + earliest_note),
        latest_end=_plain(parameter, value, decided_on, latest, why + latest_note),
        rule_set=value.rule_set,
        grade=name,
        grade_title=chosen["title"],
    )


def _earliest(chosen: Mapping[str, Any], decided_on: date, latest: date) -> tuple[date, str]:
    """The first day on which publicity may be ended early: the day after the shortest period."""
    if chosen["early"] == "never":
        return latest, "不设提前终止，公示至届满。"
    if chosen["early"] == "on_fulfilment":
        return decided_on + ONE_DAY, "履行义务后即可终止公示，最早为决定次日。"
    note = f"最短公示期{chosen['min']}个月，届满次日起可申请终止公示。"
    shortest = add_months(decided_on, chosen["min"])
    return shortest + ONE_DAY, note + _month_end_note(decided_on, chosen["min"])


def _class_of(value: Value, grade: str | None) -> tuple[str, Mapping[str, Any]]:
    """The class of that regulation; grades of other regulations are found by its `also` lists."""
    classes: Mapping[str, Mapping[str, Any]] = value.value["classes"]
    wanted = grade or value.value["default"]
    for name, item in classes.items():
        if wanted == name or wanted in item.get("also", ()):
            return name, item
    known = "、".join(f"{name}（{item['title']}）" for name, item in classes.items())
    raise UnknownGrade(f"{value.rule_set} 没有等级“{grade}”，可用的等级：{known}。")
