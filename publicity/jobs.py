"""Jobs of the app: fetch the batch, call one service, answer with a sentence."""

from __future__ import annotations

from collections.abc import Callable

from credit_portal.jobs.models import Job

from . import services
from .models import ImportBatch


def check_batch(job: Job, progress: Callable[[int, int], None]) -> str:
    batch = services.check_batch(
        batch=ImportBatch.objects.get(pk=job.subject_id), progress=progress
    )
    if batch.state == ImportBatch.State.REFUSED:
        return batch.refusal
    return f"可导入 {batch.accepted} 条，需确认 {batch.to_confirm} 条，有误 {batch.rejected} 条。"


def import_batch(job: Job, progress: Callable[[int, int], None]) -> str:
    batch = services.import_batch(batch=ImportBatch.objects.get(pk=job.subject_id), by=job.owner)
    return f"已导入 {batch.imported} 条。"
