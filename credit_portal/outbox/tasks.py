"""What the alarm clock rings for."""

from celery import shared_task

from . import services


@shared_task(name="outbox.drain")
def drain() -> int:
    return services.drain().sent


@shared_task(name="outbox.sweep")
def sweep() -> int:
    closed = services.sweep()
    services.drain()
    return closed
