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
def sweep() -> int:
    return services.sweep()


@shared_task(name="jobs.sweep_files")
def sweep_files() -> services.Done | None:
    slot = services.slot_of(timezone.now(), 60)
    return services.once("jobs.sweep_files", slot, sweep_results)


def sweep_results() -> services.Done:
    files, lines = services.sweep_files(), services.sweep_lines()
    return services.Done(files + lines, f"清理 {files} 个文件，{lines} 条任务明细")
