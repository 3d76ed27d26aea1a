"""Set-based work on the rows of a batch: COPY in, one UPDATE to find known ones, one INSERT to import."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.deadlines import explain

from ..fields import Field, fields_for
from ..intake.check import CheckedRow, CheckSummary, WorkbookCheck
from ..intake.context import CheckContext
from ..intake.problems import RULES
from ..models import DECISION_MODELS, ImportBatch, ImportRow

COPY = """
COPY publicity_importrow
  (batch_id, sheet_row, serial, verdict, existing, problems, cleaned, "values", confirmed)
FROM STDIN
"""

KNOWN = """
UPDATE publicity_importrow r SET existing = true FROM {table} d
WHERE r.batch_id = %(batch)s AND r.verdict <> 'reject' AND {which}
  AND {document} AND d.decided_on = (r.values->>'decided_on')::date
"""
# Under the same number on another day: worth a look, and no reason to keep a row out.
NUMBERED_ALIKE = """
UPDATE publicity_importrow r SET problems = r.problems || jsonb_build_array(
  %(finding)s::jsonb || jsonb_build_object('sentence', replace(%(sentence)s, '{{date}}', d.decided_on::text)))
FROM {table} d
WHERE r.batch_id = %(batch)s AND r.verdict <> 'reject' AND NOT r.existing
  AND {document} AND d.decided_on <> (r.values->>'decided_on')::date AND d.state <> 'withdrawn'
"""
# Rows have the proper brackets; what was stored before they were set right may have those that were typed.
SAME_DOCUMENT = """
  d.document_number IN (r.values->>'document_number',
    translate(r.values->>'document_number', '〔〕', '[]'), translate(r.values->>'document_number', '〔〕', '（）'),
    translate(r.values->>'document_number', '〔〕（）', '[]()'),
    translate(r.values->>'document_number', '〔〕（）', '()()'))
  AND d.party_name = r.values->>'party_name' AND d.authority_code = r.values->>'authority_code'
"""

# One statement for the whole batch. The natural key makes a second load of the same decision a no-op, also
# when two clerks import it at the same moment.
INSERT = """
INSERT INTO {table} (
  {columns}, entity_id, authority_id, department_id, state, version, revision, deadline_on,
  deadline_provisional, deadline_explained, late_reason, dept_disclosure, credit_site_publicity,
  confirmed_by_id, batch_id, batch_row, created_by_id, created_at, updated_at, return_reason,
  withdrawn_reason)
SELECT {values}, e.id, a.id, %(department)s, 'draft', 1, 1, k.deadline, k.provisional, k.explained, '',
  true, {credit_site}, CASE WHEN r.verdict = 'confirm' THEN %(by)s END, r.batch_id, r.sheet_row,
  %(by)s, %(now)s, %(now)s, '', ''
FROM publicity_importrow r
JOIN unnest(%(days)s::date[], %(deadlines)s::date[], %(provisional)s::bool[], %(explained)s::jsonb[])
  AS k(day, deadline, provisional, explained) ON k.day = (r.values->>'decided_on')::date
JOIN accounts_department a ON a.uscc = r.values->>'authority_code'
LEFT JOIN records_marketentity e ON e.code = r.values->>'party_code'
WHERE r.batch_id = %(batch)s AND NOT r.existing AND {which}
ORDER BY r.sheet_row
ON CONFLICT (document_number, party_name, decided_on, authority_id) DO NOTHING
"""
FIRST = "(r.verdict = 'accept' OR r.verdict = 'confirm' AND r.confirmed)"
# Once a batch is imported, a row counts as confirmed when it has gone in: what went in before stays out, even if
# the draft was changed or deleted since.
LATER = "r.verdict = 'confirm' AND NOT r.confirmed AND r.id = ANY(%(lines)s)"

# Warnings and circulated criticism alone are not shown on credit sites (NDRC orders 58 and 36).
CREDIT_SITE = {
    "permit": "true",
    "penalty": r"""NOT string_to_array(
        regexp_replace(r.values->>'penalty_category', '[;；,，、\s]+', ';', 'g'), ';'
    ) <@ ARRAY['警告', '通报批评']""",
}
DUMPS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
BREAKS = re.compile(r"[\t\r\n]")
CASTS = {"date": "::date", "amount": "::numeric"}


SHOWN_NOWHERE_ELSE = {"警告", "通报批评"}


def shown_on_credit_site(penalty_category: str) -> bool:
    """Whether credit sites may show it: not when it is a warning or circulated criticism only."""
    kinds = set(re.split(r"[;；,，、\s]+", penalty_category.strip())) - {""}
    return not kinds or not kinds <= SHOWN_NOWHERE_ELSE


def check_context(departments: DepartmentQuerySet) -> CheckContext:
    """Everything the rules need, read once: registered organs, the day, the calendar, the registry."""
    return CheckContext(
        today=timezone.localdate(),
        authorities={
            uscc: (pk, name)
            for pk, uscc, name in Department.objects.active().values_list("pk", "uscc", "name")
        },
        allowed_authorities=set(departments.values_list("uscc", flat=True)),
    )


def copy_lines(
    batch: ImportBatch, check: WorkbookCheck, progress: Callable[[int, int], None]
) -> CheckSummary:
    """Write the checked rows block by block; memory stays flat however long the sheet is.

    One COPY for each block: judging a block asks the registry, and a connection that copies cannot.
    """
    for rows in check.chunks():
        lines = "".join([as_line(batch.pk, row) for row in rows])
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write(lines)
        progress(check.summary.rows, 0)
    return check.summary


def as_line(batch: int, row: CheckedRow) -> str:
    """One line of COPY's text format. JSON holds no raw tab or line break, so only backslashes need care."""
    problems = DUMPS(row.problems) if row.problems else "[]"
    cleaned = DUMPS(row.cleaned) if row.cleaned else "[]"
    texts = f"{problems}\t{cleaned}\t{DUMPS(row.values)}".replace("\\", "\\\\")
    serial = BREAKS.sub(" ", row.serial).replace("\\", "\\\\")
    return f"{batch}\t{row.sheet_row}\t{serial}\t{row.verdict}\tf\t{texts}\tf\n"


def mark_existing(batch: ImportBatch, lines: Sequence[int] | None = None) -> int:
    """Note the rows whose decision the portal already holds, all of them or of these doubtful ones; returns how
    many."""
    sql = KNOWN.format(
        table=DECISION_MODELS[batch.kind]._meta.db_table,
        document=SAME_DOCUMENT,
        which="true" if lines is None else f"NOT r.existing AND {LATER}",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"batch": batch.pk, "lines": list(lines or ())})
        return int(cursor.rowcount)


def mark_numbered_alike(batch: ImportBatch) -> None:
    """Say of each row where the portal holds another decision of the organ about the party under its number."""
    rule = RULES["number_used_before"]
    finding = {
        "code": rule.code,
        "severity": rule.severity.value,
        "field": "document_number",
        "column": "文号",
    }
    table = DECISION_MODELS[batch.kind]._meta.db_table
    facts: dict[str, Any] = {
        "batch": batch.pk,
        "finding": json.dumps(finding),
        "sentence": rule.sentence,
    }
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED_ALIKE.format(table=table, document=SAME_DOCUMENT), facts)


def insert_decisions(batch: ImportBatch, *, by: User, lines: Sequence[int] | None = None) -> int:
    """Make drafts of the rows that may go in, or later of these doubtful ones; returns how many are new."""
    days = sorted(decided_days(batch))
    calendar = load_calendar()
    dates = [explain("publicity.deadline", day, calendar) for day in days]
    names = [field.name for field in fields_for(batch.kind)]
    sql = INSERT.format(
        table=DECISION_MODELS[batch.kind]._meta.db_table,
        columns=", ".join(names),
        values=", ".join(column(field) for field in fields_for(batch.kind)),
        credit_site=CREDIT_SITE[batch.kind],
        which=FIRST if lines is None else LATER,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "batch": batch.pk,
                "lines": list(lines or ()),
                "department": batch.department_id,
                "by": by.pk,
                "now": timezone.now(),
                "days": days,
                "deadlines": [date.result for date in dates],
                "provisional": [date.provisional for date in dates],
                "explained": [json.dumps(date.as_json(), ensure_ascii=False) for date in dates],
            },
        )
        return int(cursor.rowcount)


def column(field: Field) -> str:
    """The expression that reads one national field out of a row's values."""
    text = f"r.values->>'{field.name}'"
    cast = CASTS.get(field.kind)
    return f"nullif({text}, ''){cast}" if cast else f"coalesce({text}, '')"


def decided_days(batch: ImportBatch) -> set[dt.date]:
    rows = batch.lines.exclude(verdict=ImportRow.Verdict.REJECT)
    texts = rows.values_list("values__decided_on", flat=True).order_by().distinct()
    return {dt.date.fromisoformat(text) for text in texts}
