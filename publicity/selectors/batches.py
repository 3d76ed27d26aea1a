"""Lines of an import batch: for the preview page and for the workbook that goes back."""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import ImportBatch, ImportRow


def preview_lines(batch: ImportBatch, verdict: str) -> QuerySet[ImportRow]:
    return batch.lines.filter(verdict=verdict).order_by("sheet_row")


def faulty_lines(batch: ImportBatch) -> dict[int, list[str]]:
    """Row in the sheet → sentences, of the rows that were not imported because of a fault."""
    rows = batch.lines.filter(verdict=ImportRow.Verdict.REJECT) | batch.lines.filter(
        verdict=ImportRow.Verdict.CONFIRM, confirmed=False
    )
    return {
        row.sheet_row: [problem["sentence"] for problem in row.problems]
        for row in rows.order_by("sheet_row")
    }
