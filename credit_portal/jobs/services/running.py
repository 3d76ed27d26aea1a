"""Doing the work, and picking up what a dead worker left."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from credit_portal.exceptions import Refusal
from credit_portal.waking import Wake

from .. import registry
from ..heartbeat import Heartbeat
from ..models import Job, JobSlot
from .starting import RUN

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
BROKEN = "处理时发生错误，未能完成。请稍后重试；仍不成功请联系系统管理员。"
LOST = f"处理中断了 {MOST_ATTEMPTS} 次，未能完成。请重试；仍不成功请联系系统管理员。"


def run(job_id: int) -> bool:
    """Do the job if nobody does it already. Answers whether this call did it."""
    job = claim(job_id)
    if job is None:
        return False
    with Heartbeat(job) as progress:
        state, message = attempt(job, progress)
    done, total = progress.progress
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    return bool(
        mine.update(
            state=state,
            message=message[:500],
            done=done,
            total=total,
            finished_at=timezone.now(),
        )
    )


@transaction.atomic
def claim(job_id: int) -> Job | None:
    now = timezone.now()
    rows = Job.objects.claimable(now).filter(attempts__lt=MOST_ATTEMPTS)
    job = rows.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is not None:
        job.state = Job.State.RUNNING
        job.started_at = job.heartbeat_at = now
        job.attempts += 1
        job.done = job.total = 0
        job.save()
    return job


def attempt(job: Job, progress: Heartbeat) -> tuple[Job.State, str]:
    try:
        return Job.State.DONE, registry.function_for(job.kind)(job, progress)
    except Refusal as refusal:
        return Job.State.FAILED, refusal.user_message
    except (OperationalError, InterfaceError):
        raise  # the database went away: the row stays as it is, and the sweep runs it again
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return Job.State.FAILED, BROKEN


def sweep() -> int:
    """Give up jobs that lost their worker too often, wake workers for the other forgotten ones."""
    now = timezone.now()
    forgotten = Job.objects.forgotten(now)
    forgotten.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, message=LOST, finished_at=now
    )
    waiting = list(forgotten.values_list("pk", flat=True))
    for pk in waiting:
        Wake(RUN, (pk,))()
    JobSlot.objects.outdated(now).delete()
    return len(waiting)
