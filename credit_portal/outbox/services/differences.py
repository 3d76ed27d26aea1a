"""What a person does about a difference: send the record anew, or say why it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.waking import wake_on_commit

from ..exceptions import NotSettled
from ..models import BATCH_SIZE, Difference, OutboxMessage
from .enqueueing import DRAIN, key_for

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

State = Difference.State


def may_repair(difference: Difference) -> bool:
    """Whether sending our version anew could help: it is ours, and theirs is not newer."""
    ours, theirs = difference.our_sequence, difference.their_sequence
    return difference.message_id is not None and ours is not None and (theirs or 0) <= ours


@transaction.atomic
def repair(*, difference: Difference, by: User) -> Difference:
    """Send our version again, under a new key: under the old one the receiver would say that it has it."""
    row = held(difference, by)
    if row.message_id is None or not may_repair(row):
        raise NotSettled("这条差异不能用补报解决，请与市平台核对后填写说明。")
    message = OutboxMessage.objects.select_for_update().get(pk=row.message_id)
    if message.state != OutboxMessage.State.ACCEPTED or not newest(message):
        raise NotSettled("该记录已有新的报送，请等下一次对账。")
    message.repairs += 1
    message.key = key_for(message.stream, message.sequence, message.repairs)
    message.state = OutboxMessage.State.PENDING
    message.settled_at = message.trying_since = message.lease_until = message.package = None
    message.receipt = ""
    message.attempts = message.strikes = 0
    message.batch_limit = BATCH_SIZE
    message.next_at = timezone.now()
    message.save()
    wake_on_commit(DRAIN)
    return settle(row, State.REPLAYED, by, "delivery.repaired")


@transaction.atomic
def explain(*, difference: Difference, by: User, note: str) -> Difference:
    """Close it with a sentence; it opens again only when the facts change."""
    row = held(difference, by)
    if not note.strip():
        raise NotSettled("请写明核对结果。")
    row.note = note.strip()[:300]
    return settle(row, State.NOTED, by, "delivery.explained")


def held(difference: Difference, by: User) -> Difference:
    department = Department.objects.filter(uscc=difference.department_code).first()
    if department is None:
        raise NotSettled("找不到这条差异的部门。")
    require_owner(department, by)
    row = Difference.objects.select_for_update().get(pk=difference.pk)
    if row.state != State.OPEN:
        raise NotSettled(f"这条差异当前为“{row.get_state_display()}”，不需要再处理。")
    return row


def may_settle(difference: Difference, user: User) -> bool:
    """Whether this person may act on it, as `require_owner` will judge."""
    department = Department.objects.filter(uscc=difference.department_code).first()
    if department is None:
        return False
    whole_city = policy.may_everywhere(user, Permission.DELIVERY_VIEW)
    own = policy.may(user, Permission.DELIVERY_REPLAY, department)
    return own or (department.is_committee_office and whole_city)


def require_owner(department: Department, by: User) -> None:
    """Clerks and reviewers for their department; who sees the whole city for what belongs to none."""
    if department.is_committee_office and policy.may_everywhere(by, Permission.DELIVERY_VIEW):
        return
    policy.require(by, Permission.DELIVERY_REPLAY, department)


def newest(message: OutboxMessage) -> bool:
    later = OutboxMessage.objects.filter(stream=message.stream, sequence__gt=message.sequence)
    return not later.exists()


def settle(row: Difference, state: State, by: User, action: str) -> Difference:
    row.state, row.settled_at, row.settled_by = state, timezone.now(), by
    row.save()
    audit.record(action, by=by, subject=row, department_code=row.department_code, reason=row.note)
    return row
