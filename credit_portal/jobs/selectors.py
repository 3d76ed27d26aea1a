"""How far jobs are, and when scheduled work last ran."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .models import Job, JobSlot


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
class LastRun:
    name: str
    slot: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    outcome: str


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


def last_runs() -> tuple[LastRun, ...]:
    """The latest run of each scheduled work, by name."""
    rows = JobSlot.objects.order_by("name", "-started_at", "-id").distinct("name")
    names = ("name", "slot", "started_at", "finished_at", "outcome")
    return tuple(LastRun(*row) for row in rows.values_list(*names))
