"""After publication: a correction beside the public version, an end to it, taking down, bringing back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.notices import services as notices

from ..exceptions import DecisionRefused
from ..models import Decision
from ..selectors.history import NewVersion, hands_of_last_version, new_version
from . import publication
from .entry import changed, follow, save, texts
from .steps import lock, move, reason_of
from .workflow import already, refuse_unread

State = Decision.State
NOBODY: dict[str, Any] = {
    "submitted_by": None,
    "submitted_at": None,
    "reviewed_by": None,
    "reviewed_at": None,
    "published_by": None,
    "published_at": None,
}


@transaction.atomic
def revise(*, kind: str, pk: int, by: User, reason: str) -> Decision:
    """Open a new version of a public decision for correction; the public one stays until replaced."""
    reason = reason_of(reason, "更正原因")
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    if row.state != State.PUBLISHED:
        raise DecisionRefused(already(row))
    open_version(row, "decision.revised", by=by, reason=reason)
    return row


@transaction.atomic
def reopen(*, kind: str, pk: int, by: User, reason: str) -> Decision:
    """Open a new version of a withdrawn decision. It is public again only after review and publication; the end of
    its period stays where the day of the decision put it, and no clock starts anew."""
    reason = reason_of(reason, "重新公示原因")
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    if sentence := why_not_reopened(row):
        raise DecisionRefused(sentence)
    open_version(row, "decision.reopened", by=by, reason=reason)
    return row


def why_not_reopened(row: Decision) -> str:
    """The sentence that says why a decision cannot be brought back, or nothing."""
    return publication.Periods().why_over(row) if row.state == State.WITHDRAWN else already(row)


def open_version(row: Decision, action: str, *, by: User, reason: str) -> None:
    """A withdrawn decision keeps the day it was taken down until it is public again: by it one sees which it is."""
    version = row.version + 1
    move([row], action, by=by, reason=reason, state=State.DRAFT, version=version, **NOBODY)


@transaction.atomic
def abandon(*, kind: str, pk: int, by: User, read: int | None = None) -> Decision:
    """Give up a version that was opened by mistake. `read` is the revision that the person had before their eyes."""
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    refuse_unread([row], read)
    if sentence := why_not_abandoned(row):
        raise DecisionRefused(sentence)
    close_version(row, by=by)
    return row


def why_not_abandoned(row: Decision) -> str:
    """The sentence that says why there is no version to give up now, or nothing."""
    if not row.on_its_way:
        return already(row)
    if row.state not in row.EDITABLE:
        return "已提交审核，不能放弃。请先撤回，或请审核人退回。"
    return ""


@transaction.atomic
def withdraw(*, kind: str, pk: int, by: User, reason: str, read: int | None = None) -> Decision:
    """Take a decision off every public surface, with the reason. A correction on its way ends with it: its changes
    stay in the trail, and whoever worked on it hears of it."""
    reason = reason_of(reason, "撤下原因")
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_PUBLISH)
    refuse_unread([row], read)
    if not row.is_public:
        raise DecisionRefused(already(row))
    people = {row.submitted_by_id}
    correction = row.on_its_way
    if correction:
        version = close_version(row, by=by, reason="公示信息撤下，更正同时终止。")
        people |= {row.submitted_by_id, version.actor_id if version else None}
    move(
        [row],
        "decision.withdrawn",
        by=by,
        reason=reason,
        state=State.WITHDRAWN,
        version=row.version + 1,
        withdrawn_at=timezone.now(),
        withdrawn_reason=reason,
    )
    publication.withdraw_version(row, reason=reason, by=by)
    tell_of_withdrawal(row, people, correction=correction)
    return row


def tell_of_withdrawal(row: Decision, people: set[int | None], *, correction: bool) -> None:
    ended = "，正在办理的更正同时终止" if correction else ""
    notices.notify(
        recipients=User.objects.filter(pk__in=[pk for pk in people if pk]),
        key=f"withdrawn:{row.reference}:{row.revision}",
        text=f"{row.document_number}已撤下{ended}。撤下原因：{row.withdrawn_reason}",
        link=reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk]),
    )


def close_version(row: Decision, *, by: User, reason: str = "") -> NewVersion | None:
    """The decision stands again as it was before the version was opened, text and hands; answers what was closed.

    What had been changed is in the trail, and this act says what it put back.
    """
    closed = new_version(row)
    before, day = texts(row), row.decided_on
    for change in closed.changes if closed else ():
        setattr(row, change.name, change.before)
    follow(row, day)
    for name, value in hands_of_last_version(row).items():
        setattr(row, name, value)
    public = row.is_public
    row.state = State.PUBLISHED if public else State.WITHDRAWN
    row.version -= 1
    row.revision += 1
    row.return_reason = ""
    save(row)
    given_up = "decision.abandoned" if public else "decision.left_withdrawn"
    audit.record(
        "decision.correction_ended" if reason else given_up,
        by=by,
        subject=row,
        department_code=row.department.uscc,
        reason=reason,
        changes=changed(before, texts(row)),
    )
    return closed
