"""Steps on whole lists: the button, the page that asks, the job, its result."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .people import Person

PENALTIES = "/staff/publicity/penalty/"


def act_on_all(person: Person, state: str, button: str, told: str) -> None:
    """Everything in the list that stands in this state, at once."""
    person.open(f"{PENALTIES}?state={state}")
    person.page.get_by_label("全部符合当前条件的信息").check()
    person.press(button)
    confirm(person, state, told)


def confirm(person: Person, name: str, told: str) -> None:
    """The page that names the rows, the bar of the job, and the result with a line for each row."""
    person.sees("下一步" if name != "approved" else "立即向社会公开")
    person.look(f"confirm-{name}")
    person.page.locator(".confirm .btn-primary").click()
    expect(person.page.locator("main")).to_contain_text(told, timeout=60_000)
    person.look(f"result-{name}")
    expect(person.page.locator(".pages")).to_contain_text(f"共 {how_many(told)} 条")


def how_many(told: str) -> str:
    (count,) = re.findall(r"\d+", told)
    return f"{int(count):,}"
