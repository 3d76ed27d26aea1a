"""Official sheets as PDF."""

from collections.abc import Mapping
from typing import Any, Literal

from django.template.loader import render_to_string

from .engine import engine

Variant = Literal["pdf/a-3u"]


def render_pdf(
    template: str, context: Mapping[str, Any], *, variant: Variant | None = None
) -> bytes:
    """The template (one that extends `documents/base.html`) filled and set as PDF.

    Text from people is escaped by the template engine, and nothing outside the document is ever fetched. `variant`
    marks the file for keeping in archives.
    """
    html = render_to_string(template, dict(context))
    return engine().write(html, variant=variant)
