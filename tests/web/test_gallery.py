"""The gallery shows every component in every state, and each is sound wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from credit_portal.web import specimens
from credit_portal.web.gallery import COMPONENTS, components
from tests.pages import page_problems

from .test_components import answer

LIST = reverse("staff:gallery:list")
# What other components draw with, the script tags of charts, and what stands in the frame of whole pages: nothing to
# look at by themselves.
PARTS = {
    *("data_table_row", "staff_menu_list", "chart_scripts"),
    *("print_head", "session_warning", "care_menu"),
}
# Components that take markup come through tags of the library `blocks`.
TAGS = {"data_table": "{% table ", "description_list": "{% facts", "fold": "{% fold "}
STATES = [(name, n) for name, one in components().items() for n in range(1, len(one.states) + 1)]


def address(name: str, state: int = 1) -> str:
    return f"{reverse('staff:gallery:component', args=[name])}?state={state}"


def test_every_component_is_in_the_gallery() -> None:
    assert {path.stem for path in COMPONENTS.glob("*.html")} - PARTS == set(components())


@pytest.mark.parametrize("name", components())
def test_a_component_has_a_contract_and_its_markup_uses_it(name: str) -> None:
    shown = components()[name]
    assert len(shown.contract) > 40
    assert shown.states
    for state in shown.states:
        ways = (f'"components/{name}.html"', TAGS.get(name, "—"))
        assert any(way in state.source for way in ways), state.name


@pytest.mark.parametrize("name", components())
def test_every_state_is_sound(name: str, sign_in: Any, client: Any, cast: Any) -> None:
    sign_in(client, cast.sysadmin)
    for number, state in enumerate(components()[name].states, start=1):
        answer = client.get(address(name, number))
        page = answer.content.decode()
        assert page_problems(page) == [], state.name
        assert f"· {state.name} " in page


def test_the_nearest_state_is_shown(sign_in: Any, client: Any, cast: Any) -> None:
    sign_in(client, cast.sysadmin)
    for asked, place in (("0", 0), ("99", -1), ("9999999", 0), ("x", 0), ("²", 0)):
        page = client.get(reverse("staff:gallery:component", args=["tabs"]), {"state": asked})
        assert page.context["state"] == components()["tabs"].states[place]
    assert client.get(reverse("staff:gallery:component", args=["nothing"])).status_code == 404


def test_in_the_demo_all_staff_may_look(
    sign_in: Any, client: Any, cast: Any, settings: Any
) -> None:
    sign_in(client, cast.clerk)
    assert client.get(LIST).status_code == 403
    settings.MODE = "demo"
    assert client.get(LIST).status_code == 200


def drawn(name: str, number: int) -> str:
    """The page of a state, made without a database: the browser's loop and a connection do not share a thread well."""
    request = RequestFactory().get("/gallery/")
    request.user = AnonymousUser()
    state = components()[name].states[number - 1]
    source = engines["django"].from_string(state.source)
    context = specimens.base_context() | {
        "component": components()[name],
        "state": state,
        "rendered": source.render(specimens.base_context(), request),
        "tabs": [],
    }
    return render_to_string("staff/gallery/detail.html", context, request)


@pytest.mark.journey
def test_every_state_is_accessible_and_fits(browser: Any) -> None:
    """On a desk and on a phone, judged by axe where it stands."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    axe, wrong = Axe(), []
    for name, number in STATES:
        page.unroute_all()
        html = drawn(name, number)
        page.route("**/*", lambda route, request, html=html: answer(route, html))
        page.set_viewport_size({"width": 1366, "height": 860})
        page.goto("http://portal.test/gallery/")
        found = axe.run(page, context=".specimen").response["violations"]
        wrong += [(name, number, v["id"], v["nodes"][0]["html"][:100]) for v in found]
        page.set_viewport_size({"width": 390, "height": 860})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong.append((name, number, "wider than a phone"))
    context.close()
    assert wrong == []
