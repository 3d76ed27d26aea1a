"""For monitors: what is late by name and state, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from credit_portal.watch.selectors import items
from credit_portal.web.gates import PublicView


class WatchHealthView(PublicView):
    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            found = items()
        except DatabaseError:
            return answer({"state": "down", "red": ["database"]}, 503)
        red = [item.key for item in found if item.red]
        states = {item.key: item.state for item in found}
        body = {"state": "red" if red else "ok", "red": red, "states": states}
        return answer(body, 503 if red else 200)


def answer(body: Mapping[str, object], status: int) -> HttpResponse:
    response = JsonResponse(dict(body), status=status)
    response["Cache-Control"] = "no-store"
    return response
