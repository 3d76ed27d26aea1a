"""An import batch: its lines for the preview and the workbook that goes back, its job, its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from credit_portal.jobs.models import Job
from records.names import search_form

from ..intake.problems import worst_first
from ..models import DECISION_MODELS, Decision, ImportBatch, ImportRow
from ..querysets import DecisionQuerySet

OPEN_JOB = (Job.State.WAITING, Job.State.RUNNING)
EXISTING = "existing"  # beside the verdicts: rows whose decision the portal holds
# What a batch may still take back: nothing that a second person has agreed to.
UNDOABLE = (Decision.State.DRAFT, Decision.State.IN_REVIEW, Decision.State.RETURNED)


@dataclass(frozen=True)
class StateCount:
    """How many decisions of a batch stand in one state."""

    state: str
    label: str
    count: int


def preview_lines(batch: ImportBatch, verdict: str) -> QuerySet[ImportRow]:
    """The new rows of one verdict, or those that the portal holds already: each row stands in one of the parts."""
    if verdict == EXISTING:
        return batch.lines.filter(existing=True).order_by("sheet_row")
    return batch.lines.filter(verdict=verdict, existing=False).order_by("sheet_row")


def part_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows each part of the preview has."""
    found = batch.lines.order_by().filter(existing=False).values_list("verdict")
    counts: dict[str, int] = dict(found.annotate(count=Count("pk")))
    return counts | {EXISTING: batch.existing, ImportRow.Verdict.REJECT: batch.rejected}


def faulty_lines(batch: ImportBatch) -> dict[int, list[str]]:
    """Row in the sheet → sentences, of the rows that were not imported because of a fault."""
    rows = batch.lines.filter(verdict=ImportRow.Verdict.REJECT) | batch.lines.filter(
        verdict=ImportRow.Verdict.CONFIRM, confirmed=False
    )
    return {
        row.sheet_row: [problem["sentence"] for problem in worst_first(row.problems)]
        for row in rows.order_by("sheet_row")
    }


def importable_lines(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The rows that the first import takes in: the good ones and those a person stands by."""
    rows = batch.lines.filter(existing=False)
    return rows.filter(Q(verdict=ImportRow.Verdict.ACCEPT) | Q(confirmed=True))


def doubtful_lines(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The doubtful rows that a person may still stand by: after the import those that have not gone in."""
    rows = preview_lines(batch, ImportRow.Verdict.CONFIRM)
    return rows.filter(confirmed=False) if batch.state == ImportBatch.State.IMPORTED else rows


def last_job(batch_id: int) -> Job | None:
    """The check or import of this batch that was started last."""
    jobs = Job.objects.filter(kind__startswith="publicity.", subject_id=str(batch_id))
    return jobs.order_by("-pk").first()


def other_filer(batch: ImportBatch) -> str:
    """The organ that the sheet names as 填报单位 when it is not the one for which it was uploaded."""
    same = search_form(batch.filer) == search_form(batch.department.name)
    return "" if same else batch.filer


def rows_of(batch: ImportBatch) -> DecisionQuerySet:
    """The decisions that came with a batch and are there now."""
    rows: DecisionQuerySet = DECISION_MODELS[batch.kind].objects.filter(batch=batch)
    return rows


def agreed_rows(batch: ImportBatch) -> DecisionQuerySet:
    """Those that a second person has agreed to, corrections of them included."""
    return rows_of(batch).exclude(version=1, state__in=UNDOABLE)


def batch_states(batch: ImportBatch) -> list[StateCount]:
    """What became of the decisions of a batch, in the order of their way."""
    rows = rows_of(batch).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    return [
        StateCount(state.value, str(state.label), found[state.value])
        for state in Decision.State
        if state.value in found
    ]
