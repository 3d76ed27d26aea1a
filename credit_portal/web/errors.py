"""Error pages. A refusal says its sentence; what is missing and what is not yours look the same."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = getattr(exception, "user_message", "您没有查看此页面的权限。")
    return render(request, "403.html", {"sentence": sentence}, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without request and context processors: whatever failed must not fail again here."""
    return HttpResponse(render_to_string("500.html", {"site": settings.PORTAL_SITE}), status=500)
