"""What `manage check` and start-up look at: the alarm clock's settings and the way to the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from .municipal.ways import TABLES, WORDS

LOCAL = {"127.0.0.1", "localhost", "::1"}


@register("outbox")
def celery_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    root = "credit_portal.celery"  # on the top floor: named, not imported
    wrong = import_string(f"{root}.violations")(import_string(f"{root}.app").conf)
    return [Error(sentence, id="outbox.E001") for sentence in wrong]


@register("outbox")
def municipal_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [Error(sentence, id="outbox.E002") for sentence in municipal_faults(settings.MUNICIPAL)]


def municipal_faults(municipal: dict[str, Any]) -> list[str]:
    """Sentences about the way to the platform that must not stand."""
    faults = []
    if municipal["WAY"] not in WORDS:
        faults.append(f"PORTAL_MUNICIPAL_WAY 应为 {'、'.join(WORDS)} 之一。")
    if municipal["WAY"] == TABLES and not municipal["EXCHANGE_URL"]:
        faults.append("PORTAL_MUNICIPAL_WAY 为 database 时须设置 PORTAL_EXCHANGE_URL。")
    if municipal["URL"]:
        parts = urlsplit(municipal["URL"])
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            faults.append("PORTAL_MUNICIPAL_URL 须使用 https。")
        if not municipal["KEY_ID"] or not municipal["SECRET"]:
            faults.append("PORTAL_MUNICIPAL_KEY_ID 和 PORTAL_MUNICIPAL_SECRET 须一并设置。")
    connect, read, lease = municipal["TIMEOUTS"]
    if lease <= connect + read:
        faults.append("PORTAL_MUNICIPAL_TIMEOUTS：占用时间须大于连接与读取时限之和。")
    return faults
