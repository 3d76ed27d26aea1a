"""Blank filters of visitors are drawn once in a while; whatever is filled in or personal each time."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template

from credit_portal.web.forms import VisitorFilterForm
from credit_portal.web.templatetags import fragments

DRAWN: list[str] = []
PAGE = "{% load fragments %}{% while_blank form folded %}{{ form.q }}{{ draw }}{% endwhile_blank %}"


class Public(VisitorFilterForm):
    q = forms.CharField(required=False)
    place = forms.CharField(required=False)


class Other(Public):
    pass


class Personal(forms.Form):
    q = forms.CharField(required=False)


def draw() -> str:
    DRAWN.append("x")
    return "x"


@pytest.fixture(autouse=True)
def _keeping(settings):
    settings.PAGE_LIFE = 3.0


@pytest.fixture
def page():
    DRAWN.clear()
    template = Template(PAGE)
    return lambda form, folded=None: template.render(
        Context({"form": form, "folded": folded, "draw": draw})
    )


def test_blank_is_drawn_once(page):
    assert page(Public({})) == page(Public({})) == page(Public({"q": ""})) == page(Public())
    assert len(DRAWN) == 1


def test_lists_of_fields_count_as_the_form_they_are_of(page):
    form = Public({})
    page([form["q"]], [form["place"]])
    page([form["q"]], [form["place"]])
    page([form["q"]])

    assert len(DRAWN) == 2


@pytest.mark.parametrize(
    "form", [Personal({}), Public({"q": "a"}), Public({"place": "b"}), None, []]
)
def test_what_is_drawn_each_time(page, form):
    page(form)
    page(form)

    assert len(DRAWN) == 2


def test_a_filled_form_is_not_shown_to_the_next(page):
    assert "secret" in page(Public({"q": "secret"}))
    assert "secret" not in page(Public({}))
    assert "secret" in page(Public({"q": "secret"}))


def test_forms_are_told_apart(page):
    page(Public({}))
    page(Other({}))

    assert len(DRAWN) == 2


def test_who_keeps_no_pages_keeps_no_parts(page, settings):
    settings.PAGE_LIFE = 0.0
    page(Public({}))
    page(Public({}))

    assert len(DRAWN) == 2


def test_it_is_drawn_anew_after_a_while(page, monkeypatch):
    monkeypatch.setattr(fragments, "LIFE", 0.0)
    page(Public({}))
    page(Public({}))

    assert len(DRAWN) == 2


@pytest.mark.django_db
def test_the_public_list_asks_once_for_its_choices(client, django_assert_num_queries):
    address = "/publicity/permit/?unknown=1"
    client.get(address)

    with django_assert_num_queries(1):  # the count of nothing; no departments, no rows
        client.get(address)
