"""Markup that is the same for every visitor, drawn once in a while instead of for each page."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from credit_portal.web.forms import VisitorFilterForm

register = template.Library()

LIFE = 30.0  # seconds for which a new department may be missing from a list to choose from


@register.tag
def while_blank(parser: Parser, token: Token) -> WhileBlank:
    """`{% while_blank form folded %}…{% endwhile_blank %}`: keeps what stands between while nothing is filled in.

    Takes forms or lists of bound fields. Only a `VisitorFilterForm` is kept, everything else is drawn each time.
    """
    _, *names = token.split_contents()
    nodes = parser.parse(("endwhile_blank",))
    parser.delete_first_token()
    return WhileBlank([parser.compile_filter(name) for name in names], nodes)


class WhileBlank(template.Node):
    child_nodelists = ("nodes",)

    def __init__(self, fields: list[FilterExpression], nodes: NodeList) -> None:
        self.fields = fields
        self.nodes = nodes
        # One entry for each filter form of the portal, hence few.
        self.kept: dict[str, tuple[float, str]] = {}

    def render(self, context: Context) -> str:
        key = ""
        if settings.PAGE_LIFE:  # an installation that keeps no pages keeps no parts of them
            key = key_of([expression.resolve(context) for expression in self.fields])
        until, html = self.kept.get(key, (0.0, "")) if key else (0.0, "")
        if time.monotonic() < until:
            return html
        html = self.nodes.render(context)
        if key:
            self.kept[key] = (time.monotonic() + LIFE, html)
        return html


def key_of(groups: list[Any]) -> str:
    """The name of the blank form and of the fields shown; nothing when it must be drawn."""
    fields = [field for group in groups if group for field in bound_fields(group)]
    if not fields or any(is_personal(field) for field in fields):
        return ""
    return " ".join([type(fields[0].form).__name__, *(field.name for field in fields)])


def bound_fields(group: BaseForm | Iterable[BoundField]) -> Iterable[BoundField]:
    return group


def is_personal(field: BoundField) -> bool:
    """Filled in, wrong, or of a form that may differ from person to person."""
    form = field.form
    return not isinstance(form, VisitorFilterForm) or bool(form.data.get(field.html_name))
