"""Cases of the law-enforcement system on their way into the register.

Reading is a job in one transaction, so that it may be run again after its worker died. A row that cannot be read stops
no other; the file stays whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.jobs import services as jobs

from ..intake.register import CaseJudge, CaseRow, RegisterTable, open_register
from ..intake.workbook import WorkbookRefused
from ..models import RegisterUpload, RegisterUploadRow
from .intake import digest_of, silent

State = RegisterUpload.State
Progress = Callable[[int, int], None]
JOB = "publicity.take_register"
BLOCK = 2_000  # rows of one statement
# A later table may correct a case but never take its day of decision away: the day is what spot checks draw by.
TAKE = """
INSERT INTO publicity_registercase (
  department_id, kind, case_number, party_name, document_number, decided_on, state, first_seen_at, updated_at)
SELECT %(department)s, kind, case_number, party_name, document_number, nullif(decided_on, '')::date, state,
  %(now)s, %(now)s
FROM unnest(%(kind)s::text[], %(case_number)s::text[], %(party_name)s::text[], %(document_number)s::text[],
  %(decided_on)s::text[], %(state)s::text[])
  AS t(kind, case_number, party_name, document_number, decided_on, state)
ON CONFLICT (department_id, kind, case_number) DO UPDATE SET
  party_name = excluded.party_name,
  document_number = coalesce(nullif(excluded.document_number, ''), publicity_registercase.document_number),
  decided_on = coalesce(excluded.decided_on, publicity_registercase.decided_on),
  state = CASE WHEN excluded.state = 'open' AND publicity_registercase.decided_on IS NOT NULL
    THEN 'decided' ELSE excluded.state END,
  updated_at = excluded.updated_at
WHERE (publicity_registercase.party_name, publicity_registercase.document_number,
    publicity_registercase.decided_on, publicity_registercase.state)
  IS DISTINCT FROM (excluded.party_name,
    coalesce(nullif(excluded.document_number, ''), publicity_registercase.document_number),
    coalesce(excluded.decided_on, publicity_registercase.decided_on),
    CASE WHEN excluded.state = 'open' AND publicity_registercase.decided_on IS NOT NULL
      THEN 'decided' ELSE excluded.state END)
RETURNING (xmax = 0)
"""
TAKEN = ("kind", "case_number", "party_name", "document_number", "decided_on", "state")


@transaction.atomic
def receive_register(
    *, upload: File[bytes], department: Department, by: User, kind: str = ""
) -> RegisterUpload:
    """Keep the table and queue its reading. `kind`: of rows that do not say theirs."""
    policy.require(by, Permission.REGISTER_EDIT, department)
    filename = Path(upload.name or "台账.xlsx").name[-200:]
    kept = RegisterUpload(
        department=department,
        kind=kind,
        uploaded_by=by,
        filename=filename,
        digest=digest_of(upload),
    )
    kept.file.save(f"{uuid4().hex}{Path(filename).suffix.lower()[:5]}", upload, save=False)
    kept.save()
    audit.record("register.received", by=by, subject=kept, department_code=department.uscc)
    jobs.start(
        kind=JOB,
        title=f"读取案件台账 {filename}",
        owner=by,
        subject_id=str(kept.pk),
        arguments={"uscc": department.uscc},
    )
    return kept


def take_register(*, upload: RegisterUpload, progress: Progress = silent) -> RegisterUpload:
    """Read the table into the register; a table that cannot be read is refused with the reason."""
    try:
        with transaction.atomic():
            upload = RegisterUpload.objects.select_for_update().get(pk=upload.pk)
            if upload.state == State.RECEIVED:
                read(upload, progress)
    except WorkbookRefused as refusal:
        with transaction.atomic():
            upload.state = State.REFUSED
            upload.refusal = refusal.user_message[:500]
            upload.finished_at = timezone.now()
            upload.save(update_fields=["state", "refusal", "finished_at"])
            audit.record("register.refused", by=None, subject=upload, reason=upload.refusal)
    return upload


def read(upload: RegisterUpload, progress: Progress) -> None:
    with upload.file.open("rb") as source:
        table = open_register(cast(BinaryIO, source), upload.filename)
        upload.sheet, upload.header_row = table.sheet[:100], table.header_row
        rows = judged(table, upload)
        while block := list(islice(rows, BLOCK)):
            take(upload, block)
            progress(upload.rows, 0)
    upload.state = State.TAKEN
    upload.finished_at = timezone.now()
    upload.save()
    audit.record(
        "register.taken",
        by=None,
        subject=upload,
        department_code=upload.department.uscc,
        changes={"新增": upload.created, "更新": upload.changed, "有误": upload.rejected},
    )


def judged(table: RegisterTable, upload: RegisterUpload) -> Iterator[CaseRow]:
    """The rows to be taken or told; the same row twice in a file is one."""
    judge = CaseJudge(table, kind=upload.kind, today=timezone.localdate())
    for row in table:
        upload.rows += 1
        found = judge.judge(row)
        if found is None:
            upload.unchanged += 1
        else:
            yield found


def take(upload: RegisterUpload, block: list[CaseRow]) -> None:
    faulty = [row for row in block if row.problems]
    RegisterUploadRow.objects.bulk_create(
        RegisterUploadRow(
            upload=upload, sheet_row=row.sheet_row, values=row.values, problems=row.problems
        )
        for row in faulty
    )
    good = [row.values for row in block if not row.problems]
    with connection.cursor() as cursor:
        columns = {name: [values[name] for values in good] for name in TAKEN}
        cursor.execute(TAKE, columns | {"department": upload.department_id, "now": timezone.now()})
        new = [created for (created,) in cursor.fetchall()]
    upload.created += new.count(True)
    upload.changed += new.count(False)
    upload.unchanged += len(good) - len(new)
    upload.rejected += len(faulty)
