"""What the owner has seen, files nobody fetched, and logs nobody asks for any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from ..models import Job, JobLine

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

LINES_AT_ONCE = 20_000  # of one hour's sweep: locks stay short, and a backlog goes within days


def mark_seen(*, by: User, job: Job | None = None) -> int:
    """The person has seen how this job ended, or how all of theirs did; answers how many were news."""
    rows = Job.objects.visible_to(by).unseen()
    if job is not None:
        rows = rows.filter(pk=job.pk)
    return rows.update(seen_at=timezone.now())


def sweep_files() -> int:
    """Take result files away after their week; the job and its sentence stay. Answers how many."""
    old = list(Job.objects.with_old_file(timezone.now()))
    for job in old:
        job.file.delete(save=False)
        Job.objects.filter(pk=job.pk).update(file="")
    return len(old)


def sweep_lines() -> int:
    """Take the logs of long ended jobs away, a part at a time; the jobs and their sentences stay. Answers how many
    lines."""
    old = JobLine.objects.outdated(timezone.now()).order_by("pk").values("pk")[:LINES_AT_ONCE]
    return JobLine.objects.filter(pk__in=old).delete()[0]
