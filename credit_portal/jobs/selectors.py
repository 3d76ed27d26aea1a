"""How far jobs are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from . import registry
from .models import Job
from .querysets import FILES_KEPT, lines_kept

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

NEWS = 3  # ended jobs named on the first page
TONES = {"waiting": "info", "running": "info", "done": "green", "failed": "amber"}


@dataclass(frozen=True)
class Progress:
    """What a page shows of a job. `percent` is missing while the total is not known."""

    title: str
    state: str
    label: str
    is_open: bool
    done: int
    total: int
    percent: int | None
    message: str


@dataclass(frozen=True)
class Entry:
    """A job as its owner's list shows it. `file_until` is the last day of its file, if it has one."""

    job: Job
    progress: Progress
    tone: str
    place: registry.Place | None
    file_until: dt.date | None


@dataclass(frozen=True)
class LineCounts:
    done: int
    refused: int

    @property
    def total(self) -> int:
        return self.done + self.refused


def open_job(*, subject_id: str, kind_prefix: str = "") -> Job | None:
    """The job that is at work, or waits, for this subject."""
    rows = Job.objects.open().filter(subject_id=subject_id, kind__startswith=kind_prefix)
    return rows.order_by("-id").first()


def progress_of(job: Job) -> Progress:
    percent = min(100, job.done * 100 // job.total) if job.total else None
    return Progress(
        title=job.title,
        state=job.state,
        label=job.get_state_display(),
        is_open=job.state in (Job.State.WAITING, Job.State.RUNNING),
        done=job.done,
        total=job.total,
        percent=percent,
        message=job.message,
    )


def entries(jobs: Iterable[Job]) -> list[Entry]:
    return [entry_of(job) for job in jobs]


def entry_of(job: Job) -> Entry:
    return Entry(job, progress_of(job), TONES[job.state], registry.place_of(job), file_until(job))


def file_until(job: Job) -> dt.date | None:
    if not job.file or job.finished_at is None:
        return None
    return timezone.localdate(job.finished_at + FILES_KEPT)


def lines_until(job: Job) -> dt.date | None:
    """The last day of the job's log; nothing while it runs."""
    return timezone.localdate(job.finished_at + lines_kept()) if job.finished_at else None


def line_counts(job: Job) -> LineCounts:
    """How many rows the job has logged as done, and how many as not."""
    found = job.lines.aggregate(done=Count("pk", filter=Q(done=True)), all=Count("pk"))
    return LineCounts(found["done"], found["all"] - found["done"])


def news(user: User) -> list[Entry]:
    """What ended since the person last looked, the newest first."""
    return entries(Job.objects.visible_to(user).unseen().order_by("-finished_at")[:NEWS])
