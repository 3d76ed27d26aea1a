"""Whole pages made of components, on the layout each is made for. No database: pages are rendered in place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template import engines
from django.test import RequestFactory

from credit_portal.web import specimens

FIRMS = specimens.FIRMS
PAGES = ("public_home", "public_detail", "staff_desk", "staff_form", "staff_import", "sign_in")


def page(name: str) -> str:
    source = (settings.BASE_DIR / "tests" / "web" / "gallery" / f"{name}.html").read_text()
    request = RequestFactory().get("/gallery/", {"state": "draft", "sort": "due"})
    context: dict[str, Any] = specimens.base_context()
    return engines["django"].from_string(source).render(context, request)
