"""The words of the templates."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template


def render(text, **values):
    return Template("{% load portal %}" + text).render(Context(values))


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("12345.6"), "12,345.60"), (0, "0.00"), (None, ""), ("", ""), ("待定", "待定")],
)
def test_money(value, text):
    assert render("{{ v|money }}", v=value) == text


def test_day():
    assert render("{{ v|day }}|{{ w|day }}", v=dt.date(2026, 9, 24), w=None) == "2026-09-24|"


@pytest.mark.parametrize(
    ("due", "left"),
    [
        (dt.date(2026, 9, 24), "0"),
        (dt.date(2026, 9, 28), "1"),
        (dt.date(2026, 9, 23), "-1"),
        (None, "None"),
    ],
)
def test_workdays_left(db, due, left):
    with time_machine.travel(dt.datetime(2026, 9, 24, 1, 0, tzinfo=dt.UTC), tick=False):
        assert render("{{ v|workdays_left }}", v=due) == left


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (dt.date(2026, 9, 24), '至 2026-09-24<span class="sub">今天是最后一天</span>'),
        (dt.date(2026, 9, 27), '至 2026-09-27<span class="sub">还剩 3 天</span>'),
        (None, "长期"),
    ],
)
def test_until(last, said):
    with time_machine.travel(dt.datetime(2026, 9, 24, 1, 0, tzinfo=dt.UTC), tick=False):
        assert render("{{ v|until }}", v=last) == said
