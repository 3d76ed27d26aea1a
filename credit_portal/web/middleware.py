"""Answers 503 to everything but the health check while the site is closed. Static files are served before."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from . import errors, maintenance

OPEN_ALWAYS = ("/healthz", "/healthz/watch")


class MaintenanceMiddleware:
    """Below the security headers and above sessions: it must work when the database does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in OPEN_ALWAYS or not maintenance.is_on():
            return self.get_response(request)
        return errors.closed(request, maintenance.current())
