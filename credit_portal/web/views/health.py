"""Whether this process can serve: asked by the reverse proxy, by monitors and by `./portal doctor`."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from credit_portal.web.gates import PublicView


class HealthView(PublicView):
    def get(self, request: HttpRequest) -> HttpResponse:
        parts = {"database": database_answers(), "redis": redis_answers()}
        body = {name: "ok" if fine else "down" for name, fine in parts.items()}
        response = JsonResponse(body, status=200 if all(parts.values()) else 503)
        response["Cache-Control"] = "no-store"
        return response


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    try:
        with redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
