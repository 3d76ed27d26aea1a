"""What the alarm clock rings for."""

from celery import shared_task

from . import services


@shared_task(name="outbox.drain")
def drain() -> None:
    services.drain()


@shared_task(name="outbox.sweep")
def sweep() -> None:
    services.sweep()
    services.drain()
