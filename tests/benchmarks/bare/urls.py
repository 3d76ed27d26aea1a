"""Two plain functions: bytes that were read before, and a page of twenty rows."""

import os
from pathlib import Path

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from publicity.models import Publication

SAME = Path(os.environ.get("BARE_PAGE", os.devnull)).read_bytes()


def same_bytes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SAME)


def same_rows(request: HttpRequest) -> HttpResponse:
    """The query of the portal's list, its count and its rows, in a template of nothing but the table."""
    rows = Publication.objects.public().filter(kind="penalty").for_table()
    page = Paginator(rows, 20).page(1)
    return render(request, "rows.html", {"page": page})


urlpatterns = [
    path("same-bytes/", same_bytes),
    path("same-rows/", same_rows),
    path("p/<slug:public_id>/", same_bytes, name="row"),
]
