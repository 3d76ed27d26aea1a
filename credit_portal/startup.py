"""Web, worker and beat refuse to start on settings that a production installation must not have."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def refuse_insecure_settings() -> None:
    """Nothing in demo and test; in production one error that names everything at once."""
    if settings.MODE != "production":
        return
    from credit_portal.checks import database_faults, settings_faults

    faults = settings_faults(settings)
    try:
        faults += database_faults()
    finally:
        connections.close_all()
    if faults:
        raise ImproperlyConfigured(
            "系统拒绝启动：\n" + "\n".join(f"  · {fault}" for fault in faults)
        )


def refuse_insecure_worker(**kwargs: Any) -> None:
    """For Celery's start signals, which swallow any exception but one that ends the process."""
    import django

    django.setup()
    try:
        refuse_insecure_settings()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
