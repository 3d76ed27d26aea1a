"""Refusals of this app, each with a sentence for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credit_portal.exceptions import Refusal

if TYPE_CHECKING:
    from .intake.check import CheckedRow
    from .models import Decision, ImportBatch


class DecisionRefused(Refusal):
    """A step on a decision is not possible now."""


class EditConflict(DecisionRefused):
    """Somebody else saved the same decision in the meantime; nothing was overwritten."""


class TwinRefused(DecisionRefused):
    """The decision is there already. `twin` is the row, unless it went again in the meantime."""

    def __init__(self, twin: Decision | None) -> None:
        super().__init__(
            "系统中已有相同的决定（文号、相对人、决定日期和机关都相同），没有重复录入。"
        )
        self.twin = twin


class BatchRefused(Refusal):
    """An import batch cannot be received, imported or undone."""


class FileTwinRefused(BatchRefused):
    """The same file is there already, as `batch`."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(f"这个文件已由{batch.uploaded_by}作为第 {batch.pk} 批上传，没有重复接收。")
        self.batch = batch


class EntryRefused(DecisionRefused):
    """What was typed does not pass the rules. `row` carries each problem with its field."""

    def __init__(self, row: CheckedRow) -> None:
        count = len(row.problems)
        super().__init__(f"有 {count} 处需要修改或确认，请按提示处理后重新保存。")
        self.row = row


class RegisterRefused(Refusal):
    """Something about series, missing numbers, cases or spot checks cannot be done."""
