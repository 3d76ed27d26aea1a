"""A workbook on its way in: receive, check, confirm, import.

Checking and importing are jobs: they may take a while, can be left and found again, and run once more from
the start when their worker dies, since each is one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.jobs import services as jobs

from ..exceptions import BatchRefused, FileTwinRefused
from ..intake.check import check_workbook
from ..intake.workbook import WorkbookRefused
from ..models import ImportBatch, ImportRow
from ..selectors.batches import importable_lines, other_filer
from . import bulk

State = ImportBatch.State
Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def departments_to_file_for(user: User) -> DepartmentQuerySet:
    """Deciding organs whose decisions the person may file: their own departments, or all of them when
    their department compiles for others (汇总报送单位)."""
    own = policy.departments_for(user, Permission.DECISION_EDIT)
    if own.filter(files_for_others=True).exists():
        return Department.objects.active().filter(is_committee_office=False)
    return own.active()


def receive_workbook(
    *, kind: str, upload: File[bytes], department: Department, by: User
) -> ImportBatch:
    """Keep the file and queue its check. The same bytes are one batch, however often uploaded."""
    policy.require(by, Permission.DECISION_EDIT, department)
    digest = digest_of(upload)
    filename = Path(upload.name or "表格.xlsx").name[-200:]
    batch = ImportBatch(
        kind=kind, department=department, uploaded_by=by, filename=filename, digest=digest
    )
    refuse_twin(batch)
    batch.file.save(f"{uuid4().hex}.xlsx", upload, save=False)
    try:
        with transaction.atomic():
            batch.save()
            audit.record("batch.received", by=by, subject=batch, department_code=department.uscc)
            jobs.start(
                kind="publicity.check_batch",
                title=f"检查 {filename}",
                owner=by,
                subject_id=str(batch.pk),
                arguments={},
            )
    except IntegrityError:
        batch.file.delete(save=False)
        refuse_twin(batch)  # somebody uploaded the same bytes a moment ago
        raise  # pragma: no cover - another constraint of the table
    return batch


def find_twin(*, kind: str, upload: File[bytes], department: Department) -> ImportBatch | None:
    """The live batch made of the same bytes, if there is one."""
    return twin_of(ImportBatch(kind=kind, department=department, digest=digest_of(upload)))


def twin_of(batch: ImportBatch) -> ImportBatch | None:
    return (
        ImportBatch.objects.live()
        .filter(department=batch.department, kind=batch.kind, digest=batch.digest)
        .first()
    )


def refuse_twin(batch: ImportBatch) -> None:
    twin = twin_of(batch)
    if twin is not None:
        raise FileTwinRefused(twin)


def digest_of(upload: File[bytes]) -> str:
    sha = hashlib.sha256()
    for chunk in upload.chunks():
        sha.update(chunk)
    upload.seek(0)
    return sha.hexdigest()


def check_batch(*, batch: ImportBatch, progress: Progress = silent) -> ImportBatch:
    """Read the file and judge every row; a file that cannot be read ends as refused, with the reason."""
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if batch.state == State.RECEIVED:
                judge(batch, progress)
    except WorkbookRefused as refusal:
        with transaction.atomic():
            batch.state = State.REFUSED
            batch.refusal = refusal.user_message[:500]
            batch.save(update_fields=["state", "refusal"])
            audit.record("batch.refused", by=None, subject=batch, reason=batch.refusal)
    return batch


def judge(batch: ImportBatch, progress: Progress) -> None:
    context = bulk.check_context(departments_to_file_for(batch.uploaded_by))
    with batch.file.open("rb") as source:
        check = check_workbook(cast(BinaryIO, source), batch.filename, batch.kind, context)
        summary = bulk.copy_lines(batch, check, progress)
    batch.sheet, batch.header_row, batch.filer = check.sheet, check.header_row, check.filer
    batch.rows, batch.accepted = summary.rows, summary.accepted
    batch.to_confirm, batch.rejected = summary.to_confirm, summary.rejected
    batch.existing = bulk.mark_existing(batch)
    bulk.mark_numbered_alike(batch)
    batch.state = State.CHECKED
    batch.save()
    audit.record(
        "batch.checked",
        by=None,
        subject=batch,
        department_code=batch.department.uscc,
        changes={"可导入": batch.accepted, "需确认": batch.to_confirm, "有误": batch.rejected},
    )


@transaction.atomic
def confirm_rows(
    *, batch: ImportBatch, line_ids: Sequence[int], by: User, filer_confirmed: bool = False
) -> None:
    """Note which doubtful rows the clerk stands by, and queue the import. A sheet that another organ filled in is
    only taken when the clerk says so."""
    policy.require(by, Permission.DECISION_EDIT, batch.department)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.CHECKED:
        raise BatchRefused(f"本批当前为“{batch.get_state_display()}”，不能导入，请刷新后查看。")
    if other := other_filer(batch):
        if not filer_confirmed:
            raise BatchRefused(
                f"表中的填报单位是“{other}”，本批的填报单位是“{batch.department}”。请核对，确认无误后勾选再导入。"
            )
        reason = f"表中的填报单位是“{other}”，已确认由本单位填报"
        uscc = batch.department.uscc
        audit.record(
            "batch.filer_confirmed", by=by, subject=batch, department_code=uscc, reason=reason
        )
    doubtful = batch.lines.filter(verdict=ImportRow.Verdict.CONFIRM)
    doubtful.update(confirmed=False)
    doubtful.filter(pk__in=line_ids).update(confirmed=True)
    if not importable_lines(batch).exists():
        raise BatchRefused(
            "没有要导入的新行。需确认的行核对无误后请先勾选；有误的行请下载、改好后重新上传。"
        )
    jobs.start(
        kind="publicity.import_batch",
        title=f"导入 {batch.filename}",
        owner=by,
        subject_id=str(batch.pk),
        arguments={},
    )


@transaction.atomic
def import_batch(*, batch: ImportBatch, by: User, progress: Progress = silent) -> ImportBatch:
    """Turn the acceptable and confirmed rows into drafts, in one statement; all of them or none."""
    policy.require(by, Permission.DECISION_EDIT, batch.department)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.CHECKED:
        return batch
    total = importable_lines(batch).count()
    progress(0, total)  # one statement: there is nothing to count in between
    batch.imported = bulk.insert_decisions(batch, by=by)
    progress(total, total)
    batch.state = State.IMPORTED
    batch.imported_at = timezone.now()
    batch.save(update_fields=["imported", "state", "imported_at"])
    audit.record(
        "batch.imported",
        by=by,
        subject=batch,
        department_code=batch.department.uscc,
        changes={"已导入": batch.imported, "已有未重复导入": batch.existing},
    )
    return batch
