"""The past of the outbox and of the audit trail: what happened before the demo began."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.db import connection

from credit_portal.outbox.models import OutboxMessage

JOURNAL = "effects.jsonl"  # of the sandbox, which is not imported here

# Everything published before yesterday was taken by the platform on the day it was published.
ACCEPT = """
UPDATE outbox_outboxmessage m
SET state = 'accepted', attempts = 1, settled_at = p.published_at + interval '4 minutes',
    created_at = p.published_at, received_on = p.starts_on,
    receipt = 'SGS' || to_char(p.starts_on, 'YYYYMMDD') || lpad(m.id::text, 6, '0')
FROM publicity_publication p
WHERE p.message_id = m.id AND m.state = 'pending' AND p.starts_on < %s
"""

STEPS = (
    ("decision.created", "created", "录入员"),
    ("decision.submitted", "submitted", "录入员"),
    ("decision.approved", "reviewed", "审核员"),
    ("decision.published", "published", "单位负责人"),
)
TRAIL = """
INSERT INTO audit_auditevent (at, action, actor_id, actor_name, actor_role, department_code,
  subject_type, subject_id, subject_label, reason, changes, request_id)
SELECT d.{step}_at, %s, u.id, u.name, %s, o.uscc, %s, d.id::text,
  left(d.party_name || ' ' || d.document_number, 300), '', '{{}}', ''
FROM {table} d JOIN accounts_user u ON u.id = d.{step}_by_id
JOIN accounts_department o ON o.id = d.department_id
WHERE d.{step}_at IS NOT NULL {only}
"""


def settle_outbox(today: dt.date) -> int:
    """Mark the deliveries of the past as accepted; yesterday's and today's are really sent."""
    with connection.cursor() as cursor:
        cursor.execute(ACCEPT, [today])
        return int(cursor.rowcount)


def fill_sandbox(folder: Path) -> int:
    """Let the sandbox remember what the past says it took; or the first night's comparison would miss all of it."""
    if not folder.is_dir():
        return 0
    names = ("key", "kind", "stream", "sequence", "digest", "receipt", "body", "department_code")
    rows = (
        OutboxMessage.objects.filter(state="accepted")
        .order_by("pk")
        .values_list(*names, "settled_at")
    )
    count = 0
    with (folder / JOURNAL).open("w", encoding="utf-8") as journal:
        for *facts, at in rows.iterator():
            effect = dict(zip(names, facts, strict=True)) | {"received_at": at.isoformat()}
            effect["department"] = effect.pop("department_code")
            journal.write(json.dumps(effect, ensure_ascii=False, default=str) + "\n")
            count += 1
    return count


def write_trail(tables: dict[str, str]) -> None:
    """Audit rows of the steps that the drawn decisions have behind them; `tables` by model label."""
    with connection.cursor() as cursor:
        for label, table in tables.items():
            for action, step, role in STEPS:
                only = "AND d.state <> 'returned'" if step == "reviewed" else ""
                cursor.execute(
                    TRAIL.format(step=step, table=table, only=only), [action, role, label]
                )
            cursor.execute(
                TRAIL.format(step="reviewed", table=table, only="AND d.state = 'returned'"),
                ["decision.returned", "审核员", label],
            )
