"""Doubtful rows that were left out of an import: ticked later, they go in from the same batch.

In an imported batch `confirmed` says that the row has gone in (or that the portal held it by then). It is set in
the transaction that makes the draft, so that two clicks, or a job that runs again, make one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job

from ..exceptions import BatchRefused
from ..models import ImportBatch
from ..selectors.batches import doubtful_lines
from . import bulk

JOB = "publicity.import_remaining"


@transaction.atomic
def confirm_remaining(*, batch: ImportBatch, line_ids: Sequence[int], by: User) -> Job:
    """Queue the import of these doubtful rows of an imported batch. The same click again is the same job."""
    batch = locked(batch, by)
    wanted = list(doubtful_lines(batch).filter(pk__in=line_ids).values_list("pk", flat=True))
    if not wanted:
        raise BatchRefused(
            "没有要导入的行。请对照决定书核实，勾选确实无误的行；已导入的行不必再选。"
        )
    job = jobs.start(
        kind=JOB,
        title=f"导入 {batch.filename} 的待确认行",
        owner=by,
        subject_id=str(batch.pk),
        arguments={"lines": wanted},
    )
    if job.arguments["lines"] != wanted:
        raise BatchRefused("正在导入先前勾选的行，请等导入结束后再选其余的行。")
    return job


@transaction.atomic
def import_remaining(*, batch: ImportBatch, line_ids: Sequence[int], by: User) -> tuple[int, int]:
    """Turn these doubtful rows into drafts; answers how many are new and how many the portal holds by now."""
    batch = locked(batch, by)
    lines = list(doubtful_lines(batch).filter(pk__in=line_ids).values_list("pk", flat=True))
    known = bulk.mark_existing(batch, lines)
    new = bulk.insert_decisions(batch, by=by, lines=lines)
    batch.lines.filter(pk__in=lines).update(confirmed=True)
    batch.imported += new
    batch.existing += known
    batch.save(update_fields=["imported", "existing"])
    if lines:
        audit.record(
            "batch.imported_more",
            by=by,
            subject=batch,
            department_code=batch.department.uscc,
            changes={"已导入": new, "已有未重复导入": len(lines) - new},
        )
    return new, len(lines) - new


def locked(batch: ImportBatch, by: User) -> ImportBatch:
    """The imported batch, held until the end of the transaction, for a person who may fill it."""
    policy.require(by, Permission.DECISION_EDIT, batch.department)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.IMPORTED:
        raise BatchRefused(f"本批当前为“{batch.get_state_display()}”，不能再导入，请刷新后查看。")
    return batch
