"""The names of rules, for pages that explain a date."""

import datetime as dt

from django import template

from credit_portal.regulations.dates import ExplainedDate
from credit_portal.regulations.exceptions import UnknownRule
from credit_portal.regulations.first_day import first_day
from credit_portal.regulations.rules import rules_on

register = template.Library()


@register.filter
def rule_title(rule: str, day: dt.date) -> str:
    """`publicity.deadline` → 公示期限, as the rule book of that day calls it."""
    try:
        return rules_on(day).title(rule)
    except UnknownRule:
        return rule


@register.filter
def counting(date: ExplainedDate) -> str:
    """Where the count begins: `当日不计入，第 1 个工作日是 2026-10-15`; nothing where no days are counted."""
    first = first_day(date)
    if first is None:
        return ""
    unit = "第 1 个工作日" if first.working else "第 1 天"
    return f"当日不计入，{unit}是 {first.day}"
