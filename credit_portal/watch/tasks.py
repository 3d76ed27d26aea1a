"""A worker took a scheduled task from the broker: the sign that the whole chain lives, and a look at the rest."""

from celery import shared_task

from . import services


@shared_task(name="watch.check")
def check() -> int:
    return services.check()
