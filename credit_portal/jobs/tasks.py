"""What the alarm clock rings for."""

from celery import shared_task
from django.utils import timezone

from . import services


# A job may run longer than the broker waits for an answer. It is acknowledged at once, since the sweep, and
# not the broker, brings it back when its worker dies.
@shared_task(name="jobs.run", acks_late=False, time_limit=1800, soft_time_limit=1740)
def run(job_id: int) -> None:
    services.run(job_id)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    services.sweep()


@shared_task(name="jobs.heartbeat")
def heartbeat() -> None:
    services.heartbeat()


@shared_task(name="jobs.sweep_files")
def sweep_files() -> None:
    slot = services.slot_of(timezone.now(), 60)
    services.once("jobs.sweep_files", slot, sweep_results)


def sweep_results() -> str:
    return f"清理 {services.sweep_files()} 个文件，{services.sweep_lines()} 条任务明细"
