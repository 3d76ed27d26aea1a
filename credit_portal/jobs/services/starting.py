"""Asking for long work, together with the change that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credit_portal.audit.services import require_transaction
from credit_portal.waking import wake_on_commit

from .. import registry
from ..models import Job

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

RUN = "jobs.run"


def start(*, kind: str, title: str, owner: User, subject_id: str, arguments: dict[str, Any]) -> Job:
    """A job for the subject, or the one that is already open for it: a double click starts one job."""
    job = note(kind=kind, title=title, owner=owner, subject_id=subject_id, arguments=arguments)
    wake_on_commit(RUN, job.pk)
    return job


def note(*, kind: str, title: str, owner: User, subject_id: str, arguments: dict[str, Any]) -> Job:
    """As `start`, without waking a worker: for the caller who runs the job at once. When the caller dies
    before that, the sweep finds it."""
    require_transaction()
    registry.function_for(kind)
    wanted = Job(
        kind=kind, title=title[:200], owner=owner, subject_id=subject_id, arguments=arguments
    )
    Job.objects.bulk_create([wanted], ignore_conflicts=True)
    return Job.objects.open().get(kind=kind, subject_id=subject_id)
