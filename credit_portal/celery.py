"""The alarm clock. Work stands in PostgreSQL; a message here only says "have a look" (docs/adr/0002).

Start with `celery -A credit_portal.celery worker` and `… beat`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import beat_init, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from credit_portal.startup import refuse_insecure_worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_portal.settings")

VISIBILITY_TIMEOUT = 300  # seconds until a message whose worker died is handed out again
JSON = "json"


def broker_url(url: str) -> str:
    """`REDIS_URL` as kombu wants it; only the form of a socket address differs."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={number}"


def schedule() -> dict[str, dict[str, Any]]:
    """What beat rings. A ring nobody heard is worth nothing when the next one is due, so it expires."""
    rings = {
        "outbox.drain": 5.0,
        "outbox.sweep": 60.0,
        "jobs.sweep": 30.0,
        "jobs.heartbeat": 60.0,
        "jobs.sweep_files": 60 * 60.0,
        "publicity.check_deadlines": 15 * 60.0,
        "publicity.expire_publications": 10 * 60.0,
        "publicity.write_open_data": 60.0,
        "portals.sweep": 3600.0,
        "records.warn_of_expiring_delegates": 60 * 60.0,
    }
    return {
        name: {"task": name, "schedule": every, "options": {"expires": every}}
        for name, every in rings.items()
    }


def configuration() -> dict[str, Any]:
    """Every value is one whose absence lost or doubled work in an experiment; docs/adr/0002 says which."""
    conf = {
        "broker_url": broker_url(settings.REDIS_URL),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
            "health_check_interval": 25,
            "unacked_restore_throttle": 1,
        },
        "result_backend_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT},
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_publish_retry": False,
        "task_time_limit": 240,
        "task_soft_time_limit": 210,
        "task_serializer": JSON,
        "result_serializer": JSON,
        "accept_content": [JSON],
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 20,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "timezone": settings.TIME_ZONE,
        "beat_schedule": schedule(),
    }
    if wrong := violations(conf):
        raise ImproperlyConfigured("; ".join(wrong))
    return conf


def violations(conf: Mapping[str, Any]) -> list[str]:
    """Which of the promises the values break. Asked at start-up here and by `manage check`."""
    options = conf["broker_transport_options"]
    visible = {
        conf["visibility_timeout"],
        options.get("visibility_timeout"),
        conf["result_backend_transport_options"].get("visibility_timeout"),
    }
    shortest = min(value or 0 for value in visible)
    rules = {
        "task_acks_late": conf["task_acks_late"],
        "task_reject_on_worker_lost": conf["task_reject_on_worker_lost"],
        "task_ignore_result": conf["task_ignore_result"],
        "worker_prefetch_multiplier is 1": conf["worker_prefetch_multiplier"] == 1,
        "one visibility_timeout in three places": len(visible) == 1,
        "task_time_limit < visibility_timeout": 0 < (conf["task_time_limit"] or 0) < shortest,
        "soft limit < hard limit": 0
        < (conf["task_soft_time_limit"] or 0)
        < (conf["task_time_limit"] or 0),
        "socket_timeout <= 5": 0 < options.get("socket_timeout", 0) <= 5,
        "socket_connect_timeout <= 3": 0 < options.get("socket_connect_timeout", 0) <= 3,
        "health_check_interval": 0 < options.get("health_check_interval", 0) <= 25,
        "unacked_restore_throttle is 1": options.get("unacked_restore_throttle") == 1,
        "worker_soft_shutdown_timeout": conf["worker_soft_shutdown_timeout"] > 0,
        "JSON only": list(conf["accept_content"]) == [JSON] and conf["task_serializer"] == JSON,
        "timezone": conf["timezone"] == settings.TIME_ZONE,
    }
    return [f"celery: {name} does not hold" for name, holds in rules.items() if not holds]


app = Celery("credit_portal")
app.add_defaults(
    configuration
)  # read when first needed, so that importing this module needs no settings
app.autodiscover_tasks()
# Celery's own hooks: a worker or beat of a production installation does not start insecurely.
worker_init.connect(refuse_insecure_worker, weak=False)
beat_init.connect(refuse_insecure_worker, weak=False)
