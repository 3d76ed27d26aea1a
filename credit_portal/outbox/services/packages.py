"""Workbooks that people carry to the platform: made of pending messages, answered by the platform's sheet.

Handed over is not delivered: a message counts as accepted when the answer sheet says so, and not before.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.waking import wake_on_commit

from ..exceptions import NotCarried
from ..models import AnswerSheet, DeliveryAttempt, OutboxMessage, Package
from ..municipal import ways
from ..municipal.transport import ItemAnswer, Outcome
from ..selectors import pause
from .enqueueing import DRAIN
from .settling import FIELDS, accept, reject
from .writing import write_rows

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

State = OutboxMessage.State
MOST = 1000  # messages of one package
RESULTS = {State.ACCEPTED: Outcome.ACCEPTED, State.REJECTED: Outcome.REJECTED}
Write = Callable[[str, Sequence[OutboxMessage]], bytes]


@dataclass(frozen=True)
class SheetRow:
    """One row of the platform's answer; `problem` where it could not be understood."""

    number: int
    answer: ItemAnswer
    problem: str = ""


def may_carry() -> bool:
    """People carry where that is the way, or while sending rests."""
    return ways.chosen() == ways.WORKBOOK or pause(timezone.now()) is not None


@transaction.atomic
def hand_over(*, department: Department, by: User, write: Write) -> Package:
    """Make a package of the department's pending messages; `write` makes the file of a number and the messages."""
    policy.require(by, Permission.DELIVERY_REPLAY, department)
    if not may_carry():
        raise NotCarried("目前由系统自动报送，不需要手工报送。")
    now = timezone.now()
    due = OutboxMessage.objects.heads().free(now).filter(department_code=department.uscc)
    rows = due.order_by("id").select_for_update(skip_locked=True, of=("self",))[:MOST]
    messages = sendable(list(rows))
    if not messages:
        raise NotCarried("没有待报送的信息，不需要生成报送包。")
    number = f"BS{timezone.localdate(now):%Y%m%d}-{secrets.token_hex(3).upper()}"
    file = write(number, messages)
    package = Package.objects.create(
        number=number,
        department_code=department.uscc,
        size=len(messages),
        content_digest=content_digest(messages),
        file=file,
        digest=hashlib.sha256(file).hexdigest(),
        made_by=by,
        made_at=now,
    )
    batch = uuid.uuid4()
    for message in messages:
        message.state, message.package = State.HANDED, package
        message.attempts += 1
        message.trying_since = message.trying_since or now
    OutboxMessage.objects.bulk_update(messages, ["state", "package", "attempts", "trying_since"])
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                message=message, batch=batch, outcome="handed", answer=f"报送包 {number}"
            )
            for message in messages
        ]
    )
    record("package.made", package, by)
    return package


def sendable(messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Without those that may have arrived already: nobody can ask by hand."""
    rows = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    doubted = set(rows.doubtful().values_list("pk", flat=True))
    return [message for message in messages if message.pk not in doubted]


def content_digest(messages: Sequence[OutboxMessage]) -> str:
    """Of what is in it, whatever the file looks like."""
    text = "\n".join(sorted(f"{message.key} {message.digest}" for message in messages))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def read_answers(
    *, package: Package, rows: Sequence[SheetRow], digest: str, by: User
) -> tuple[AnswerSheet, bool]:
    """Settle the messages of the package by the platform's sheet; the same file again changes nothing. Answers the
    reading and whether it is new."""
    policy.require(by, Permission.DELIVERY_REPLAY, department_of(package))
    held = Package.objects.select_for_update().defer("file").get(pk=package.pk)
    if known := AnswerSheet.objects.filter(package=held, digest=digest).first():
        return known, False
    now = timezone.now()
    found = OutboxMessage.objects.filter(package=held).order_by("pk").defer("body")
    messages = {str(message.key): message for message in found.select_for_update()}
    sheet = AnswerSheet(
        package=held, digest=digest, accepted=0, rejected=0, unchanged=0, read_by=by, read_at=now
    )
    changed: list[OutboxMessage] = []
    for row in rows:
        message = messages.get(row.answer.key)
        if message is None or row.problem:
            sheet.unknown.append(told(row, row.problem or "本包没有这个报送编号"))
        elif message.state != State.HANDED:
            stays(sheet, row, message)
        elif row.answer.outcome == Outcome.ACCEPTED:
            accept(message, row.answer, now)
            sheet.accepted += 1
            changed.append(message)
        else:
            reject(message, row.answer, now)
            sheet.rejected += 1
            changed.append(message)
    write_rows(changed, FIELDS)
    close_attempts(changed)
    sheet.save()
    record("package.answered", held, by, f"入库 {sheet.accepted} 条，退回 {sheet.rejected} 条")
    wake_on_commit(DRAIN)
    return sheet, True


def stays(sheet: AnswerSheet, row: SheetRow, message: OutboxMessage) -> None:
    """What was answered before keeps its answer; another one is for a person to look at."""
    if RESULTS.get(State(message.state)) == row.answer.outcome:
        sheet.unchanged += 1
    else:
        label = message.get_state_display()
        sheet.unknown.append(told(row, f"与已登记的结果（{label}）不一致，没有改动"))


def told(row: SheetRow, text: str) -> dict[str, object]:
    return {"row": row.number, "key": row.answer.key[:40], "text": text}


def close_attempts(messages: Sequence[OutboxMessage]) -> None:
    """The try that handed them over has its outcome now; a refused version behind which another waits is replaced."""
    ids = [message.pk for message in messages]
    for state in RESULTS:
        of_state = [message.pk for message in messages if message.state == state]
        DeliveryAttempt.objects.filter(message__in=of_state, outcome="handed").update(outcome=state)
    OutboxMessage.objects.replaced().filter(pk__in=ids).update(state=State.SUPERSEDED)


@transaction.atomic
def take_back(*, package: Package, by: User) -> int:
    """The package was not uploaded: what has no answer waits again. Answers how many."""
    policy.require(by, Permission.DELIVERY_REPLAY, department_of(package))
    Package.objects.select_for_update().defer("file").get(pk=package.pk)
    rows = OutboxMessage.objects.filter(package=package, state=State.HANDED)
    ids = list(rows.select_for_update().values_list("pk", flat=True))
    if not ids:
        raise NotCarried("这个报送包的信息都已有答复，不能收回。")
    now = timezone.now()
    DeliveryAttempt.objects.filter(message__in=ids, outcome="handed").update(
        outcome="transient", answer=f"报送包 {package.number} 已收回"
    )
    OutboxMessage.objects.filter(pk__in=ids).update(
        state=State.PENDING, package=None, next_at=now, lease_until=None
    )
    record("package.taken_back", package, by, f"{len(ids)} 条")
    wake_on_commit(DRAIN)
    return len(ids)


def department_of(package: Package) -> Department:
    department = Department.objects.filter(uscc=package.department_code).first()
    if department is None:
        raise NotCarried("找不到这个报送包的部门。")
    return department


def record(action: str, package: Package, by: User, reason: str = "") -> None:
    audit.record(
        action,
        by=by,
        subject=package,
        department_code=package.department_code,
        reason=reason or f"{package.size} 条",
    )
