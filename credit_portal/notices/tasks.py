"""What the alarm clock rings for."""

from celery import shared_task

from . import services


@shared_task(name="notices.send")
def send() -> str:
    """Claims row by row, so that any number of them may run at once."""
    sent, missed = services.send_due()
    return f"发送 {sent} 条，未成功 {missed} 条"
