"""Writing the trail. Only inside the transaction of the change, so that neither stands without the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Model

from credit_portal.exceptions import OutsideTransaction

from .context import request_id
from .models import AuditEvent

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

SYSTEM = "系统"


def record(
    action: str,
    *,
    by: User | None,
    subject: Model,
    label: str = "",
    department_code: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> AuditEvent:
    require_transaction()
    event = _event(action, by, subject, label, department_code, reason, changes)
    event.save(force_insert=True)
    return event


def record_many(
    action: str,
    *,
    by: User | None,
    subjects: Sequence[Model],
    department_code: str = "",
    reason: str = "",
) -> None:
    """One event for each subject, in one insert."""
    require_transaction()
    AuditEvent.objects.bulk_create(
        [_event(action, by, subject, "", department_code, reason, None) for subject in subjects],
        batch_size=1000,
    )


def require_transaction() -> None:
    """Raise unless the caller opened a transaction. The one a test case wraps around itself does not count."""
    blocks = connection.atomic_blocks
    if all(vars(block).get("_from_testcase") for block in blocks):
        raise OutsideTransaction("audit and outbox rows are written inside a transaction")


def _event(
    action: str,
    by: User | None,
    subject: Model,
    label: str,
    department_code: str,
    reason: str,
    changes: dict[str, Any] | None,
) -> AuditEvent:
    return AuditEvent(
        action=action,
        actor_id=by.pk if by else None,
        actor_name=by.get_full_name() or by.get_username() if by else SYSTEM,
        actor_role=by.role_names[:60] if by else "",
        department_code=department_code,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=(label or str(subject))[:300],
        reason=reason,
        changes=changes or {},
        request_id=request_id.get(),
    )
