"""What the alarm clock rings for."""

from celery import shared_task

from . import services


@shared_task(name="notices.send")
def send() -> int:
    """Claims row by row, so that any number of them may run at once. Answers how many were sent; what was not taken
    stands at its person."""
    return services.send_due()[0]
