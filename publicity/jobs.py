"""Jobs of the app: fetch the subject, call one service, answer with a sentence; and where the owner goes on."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from credit_portal.jobs.models import Job
from credit_portal.jobs.registry import Place

from . import services
from .exceptions import BatchRefused
from .models import ImportBatch, RegisterUpload


def check_batch(job: Job, progress: Callable[[int, int], None]) -> str:
    batch = services.check_batch(
        batch=ImportBatch.objects.get(pk=job.subject_id), progress=progress
    )
    if batch.state == ImportBatch.State.REFUSED:
        raise BatchRefused(batch.refusal)  # done as it may be, it is no success
    return f"可导入 {batch.accepted} 条，需确认 {batch.to_confirm} 条，有误 {batch.rejected} 条。"


def import_batch(job: Job, progress: Callable[[int, int], None]) -> str:
    batch = services.import_batch(
        batch=ImportBatch.objects.get(pk=job.subject_id), by=job.owner, progress=progress
    )
    return f"已导入 {batch.imported} 条。"


def import_remaining(job: Job, progress: Callable[[int, int], None]) -> str:
    new, known = services.import_remaining(
        batch=ImportBatch.objects.get(pk=job.subject_id),
        line_ids=job.arguments["lines"],
        by=job.owner,
    )
    return f"已导入 {new} 条。" + (f"另有 {known} 条系统中已有，没有重复导入。" if known else "")


def take_register(job: Job, progress: Callable[[int, int], None]) -> str:
    upload = services.take_register(
        upload=RegisterUpload.objects.get(pk=job.subject_id), progress=progress
    )
    if upload.state == RegisterUpload.State.REFUSED:
        return upload.refusal
    return f"新增 {upload.created} 件，更新 {upload.changed} 件，有误 {upload.rejected} 行。"


def register_of(job: Job) -> Place:
    parts = [job.arguments["uscc"], job.subject_id]
    return Place(reverse("staff:publicity:register_upload", args=parts), "返回导入结果")


def act(job: Job, progress: Callable[[int, int], None]) -> str:
    return services.carry_out(job=job, progress=progress)


def export_decisions(job: Job, progress: Callable[[int, int], None]) -> str:
    return services.export_decisions(job=job, progress=progress)


def batch_of(job: Job) -> Place:
    return Place(reverse("staff:publicity:batch_detail", args=[job.subject_id]), "返回本批")


def list_of(job: Job) -> Place:
    """The list as it was filtered when the job was asked for."""
    address = reverse("staff:publicity:decision_list", args=[job.arguments["kind"]])
    query = job.arguments["query"]
    return Place(f"{address}?{query}" if query else address, "返回列表")
