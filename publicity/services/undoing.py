"""Taking a whole batch back, as long as nobody has agreed to anything in it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.jobs.selectors import open_job

from ..exceptions import BatchRefused
from ..models import ImportBatch
from ..selectors.batches import agreed_rows, rows_of

State = ImportBatch.State


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by: User, read: int | None = None) -> int:
    """Delete the rows of a batch and close it; returns how many they were. `read`: how many the person was told
    would go; when it holds another number by now, nothing is deleted."""
    policy.require(by, Permission.DECISION_EDIT, batch.department)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    found = list(rows_of(batch).only("party_name", "document_number").locked())
    if sentence := why_not_undone(batch):
        raise BatchRefused(sentence)
    if read is not None and read != len(found):
        raise BatchRefused(
            f"您打开确认页之后，本批信息由 {read:,} 条变为 {len(found):,} 条，没有撤销。请核对后重新确认。"
        )
    rows_of(batch).filter(pk__in=[row.pk for row in found]).delete()
    batch.state = State.UNDONE
    batch.undone_at = timezone.now()
    batch.save(update_fields=["state", "undone_at"])
    code, why = batch.department.uscc, f"撤销第 {batch.pk} 批。"
    audit.record_many("decision.deleted", by=by, subjects=found, department_code=code, reason=why)
    audit.record(
        "batch.undone",
        by=by,
        subject=batch,
        department_code=code,
        changes={"删除草稿": len(found)},
    )
    return len(found)


def why_not_undone(batch: ImportBatch) -> str:
    """The sentence that says why a batch cannot be taken back now; empty when it can."""
    if batch.state not in (State.RECEIVED, State.CHECKED, State.IMPORTED):
        return f"本批当前为“{batch.get_state_display()}”，不能撤销。"
    if batch.state == State.RECEIVED and open_job(
        subject_id=str(batch.pk), kind_prefix="publicity."
    ):
        return "正在检查这个文件，请等检查结束后再撤销。"
    if agreed := agreed_rows(batch).count():
        return f"本批已有 {agreed:,} 条审核通过，不能整批撤销。请由审核员退回后逐条处理。"
    return ""
