"""The names of rules, for pages that explain a date."""

import datetime as dt

from django import template

from credit_portal.regulations.exceptions import UnknownRule
from credit_portal.regulations.rules import rules_on

register = template.Library()


@register.filter
def rule_title(rule: str, day: dt.date) -> str:
    """`publicity.deadline` → 公示期限, as the rule book of that day calls it."""
    try:
        return rules_on(day).title(rule)
    except UnknownRule:
        return rule
