"""Sending a refused or given-up message again, unchanged and under the same key.

One that our pre-flight held back goes for the first time: it is then no longer looked at by our copy of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.waking import wake_on_commit

from ..exceptions import NotReplayable
from ..models import BATCH_SIZE, OutboxMessage
from .enqueueing import DRAIN

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

State = OutboxMessage.State


@transaction.atomic
def replay(*, message: OutboxMessage, by: User) -> OutboxMessage:
    department = Department.objects.filter(uscc=message.department_code).first()
    if department is None:
        raise NotReplayable("找不到该消息的报送部门，不能重新报送。")
    policy.require(by, Permission.DELIVERY_REPLAY, department)
    row = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    require_replayable(row)
    before = row.state
    row.state = State.PENDING
    row.settled_at = row.trying_since = row.lease_until = row.package = None
    row.next_at = timezone.now()
    row.attempts = row.strikes = 0
    row.batch_limit = BATCH_SIZE
    row.reason_code = row.reason = ""
    row.unchecked = before == State.HELD  # the person knows better than our copy of the rules
    row.save()
    audit.record(
        "delivery.replayed",
        by=by,
        subject=row,
        department_code=row.department_code,
        changes={"state": [before, row.state]},
    )
    wake_on_commit(DRAIN)
    return row


def require_replayable(row: OutboxMessage) -> None:
    if row.state not in (State.HELD, State.REJECTED, State.DEAD):
        raise NotReplayable(f"该消息当前为“{row.get_state_display()}”，不能重新报送。")
    if row.lease_until is not None and row.lease_until > timezone.now():
        raise NotReplayable("该消息正在报送中，请稍后再试。")
    if OutboxMessage.objects.replaced().filter(pk=row.pk).exists():
        raise NotReplayable("该记录已有更正版本，请重新报送更正版本。")
