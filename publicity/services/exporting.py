"""The decision list as a workbook: the rows of a filter, the columns of a choice, at once or made by a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.db.models import Model
from django.http import QueryDict  # noqa: TID251 - a query string is read, nothing is answered
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job

from ..exceptions import DecisionRefused
from ..filters import filtered
from ..models import DECISION_MODELS
from ..querysets import DecisionQuerySet
from ..selectors.columns import Column, chosen_columns
from ..selectors.desk import KIND_WORDS
from ..selectors.lines import lines
from ..selectors.sorting import sorted_rows
from ..workbooks import SheetWriter

JOB = "publicity.export_decisions"
MOST = 50_000  # rows of one workbook
AT_ONCE = 2_000  # rows for which nobody need wait for a job
NOTHING = "没有符合条件的信息可以导出，请放宽查询条件后重试。"
BLOCK = 500  # rows read at once
FIRST = ("行政相对人", "统一社会信用代码")  # stand before the chosen columns


@dataclass(frozen=True)
class Workbook:
    """A finished workbook and the name it is saved under."""

    filename: str
    content: bytes


def export_at_once(*, kind: str, query: str, columns: Sequence[str], by: User) -> Workbook | None:
    """The workbook of a short list; nothing when the list is long enough to be the work of a job."""
    policy.require(by, Permission.DECISION_VIEW)
    rows = rows_of(kind, query, by)
    total = rows.count()
    if not total:
        raise DecisionRefused(NOTHING)
    if total > AT_ONCE:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        written = write_rows(path, rows, chosen_columns(kind, columns), by)
        content = path.read_bytes()
    with transaction.atomic():
        note_export(subject=by, by=by, query=query, written=written)
    return Workbook(filename_of(kind), content)


def request_export(*, kind: str, query: str, columns: Sequence[str], by: User) -> Job:
    """Have the rows of this address written into a workbook with these columns."""
    policy.require(by, Permission.DECISION_VIEW)
    with transaction.atomic():
        return jobs.start(
            kind=JOB,
            title=f"导出{KIND_WORDS[kind]}",
            owner=by,
            subject_id=str(uuid4()),
            arguments={"kind": kind, "query": query, "columns": list(columns)},
        )


def export_decisions(*, job: Job, progress: Callable[[int, int], None]) -> str:
    """Write the workbook and keep it with the job; answers the sentence for the person."""
    kind, by = job.arguments["kind"], job.owner
    rows = rows_of(kind, job.arguments["query"], by)
    total = rows.count()
    if not total:
        raise DecisionRefused(NOTHING)
    if total > MOST:
        raise DecisionRefused(f"符合条件的信息超过 {MOST:,} 条，请按月份或状态缩小范围后分次导出。")
    columns = chosen_columns(kind, job.arguments["columns"])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        written = write_rows(path, rows, columns, by, lambda done: progress(done, total))
        keep(job, path, written)
    return f"已导出 {written:,} 条。"


def rows_of(kind: str, query: str, by: User) -> DecisionQuerySet:
    """The rows of the list at this address, in its order."""
    given = QueryDict(query)
    found = filtered(DECISION_MODELS[kind].objects.visible_to(by), given, by)
    return sorted_rows(found, given.get("sort", "")).select_related("created_by")


def write_rows(
    path: Path,
    rows: DecisionQuerySet,
    columns: Sequence[Column],
    by: User,
    tell: Callable[[int], None] = lambda done: None,
) -> int:
    """Everything as text, so that codes keep their digits and nothing is a formula."""
    writer = SheetWriter(path, "导出", [*FIRST, *(column.label for column in columns)])
    source, written = rows.iterator(chunk_size=BLOCK), 0
    while block := list(islice(source, BLOCK)):
        for line in lines(block, by):
            party = (line.decision.party_name, line.decision.party_code)
            writer.write([*party, *(column.text(line) for column in columns)])
        written += len(block)
        tell(written)
    writer.close()
    return written


@transaction.atomic
def keep(job: Job, path: Path, written: int) -> None:
    """Put the file with the job; who took how many rows out of the portal stands in the trail."""
    kind = job.arguments["kind"]
    if job.file:
        job.file.delete(save=False)  # of an attempt that died
    with path.open("rb") as content:
        job.file.save(f"{uuid4().hex}.xlsx", File(content), save=False)
    job.filename = filename_of(kind)
    job.save(update_fields=["file", "filename"])
    note_export(subject=job, by=job.owner, query=job.arguments["query"], written=written)


def filename_of(kind: str) -> str:
    return f"{KIND_WORDS[kind]}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"


def note_export(*, subject: Model, by: User, query: str, written: int) -> None:
    audit.record(
        "decision.exported",
        by=by,
        subject=subject,
        department_code=by.department.uscc if by.department else "",
        changes={"条数": written, "条件": query},
    )
