"""Whole addresses, for what leaves the site: QR codes, sheets, feeds, canonical links."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def public_url(request: HttpRequest, path: str) -> str:
    """The path (which begins with a slash) on the address of this installation, or on the one asked for."""
    base: str = settings.PORTAL_PUBLIC_URL
    return base + path if base else request.build_absolute_uri(path)
