"""关怀版: the same pages with larger type, one column and stronger contrast, kept in a cookie of its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

VALUE = "1"
LIFE = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Care:
    """What the frame needs: whether it is on, and the link that changes it and comes back here."""

    on: bool
    toggle_url: str


def is_on(request: HttpRequest) -> bool:
    """Staff pages have their own size of type; they never change."""
    return (
        bool(request.META.get("HTTP_COOKIE"))
        and request.COOKIES.get(settings.CARE_COOKIE_NAME) == VALUE
        and not request.path.startswith("/staff/")
    )


def of(request: HttpRequest) -> Care:
    on = is_on(request)
    address = reverse("care_off" if on else "care_on")
    # A page that answers a form has no address to come back to.
    here = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return Care(on, f"{address}?{urlencode({'next': here})}")
