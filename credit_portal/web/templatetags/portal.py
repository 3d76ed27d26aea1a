"""Small words of the templates. What they draw is drawn by `templates/components/`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.timezone import localdate

from credit_portal.regulations.calendar import load_calendar

register = template.Library()


@register.filter
def workdays_left(due: dt.date | None) -> int | None:
    """Working days from today until the day, negative when it has passed; for components/due_badge.html."""
    return None if due is None else load_calendar().workdays_between(localdate(), due)


@register.filter
def days_left(last: dt.date | None) -> int | None:
    """Calendar days from today to the last day, 0 on that day itself."""
    return None if last is None else (last - localdate()).days


@register.filter
def day(value: dt.date | None) -> str:
    """2026-09-24, the one way dates are written; nothing for no date."""
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def until(last: dt.date | None) -> str:
    """Until when something stays public, and how many days that is; for the cells of a table, hence no template."""
    if last is None:
        return "长期"
    left = days_left(last)
    words = f"还剩 {left} 天" if left else "今天是最后一天"
    return format_html('至 {}<span class="sub">{}</span>', day(last), words)


@register.filter
def money(amount: Any) -> str:
    """12,345.60 for an amount in yuan; the sign and unit stand beside it. Nothing for no amount."""
    if amount is None or amount == "":
        return ""
    try:
        return f"{Decimal(str(amount)):,.2f}"
    except InvalidOperation:
        return str(amount)
