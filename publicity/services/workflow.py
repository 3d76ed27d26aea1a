"""From draft to public: 草稿 → 待审核 → 待公示 → 公示中, with 已退回 on the way.

What follows stands in `versions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice

from ..exceptions import DecisionRefused, EditConflict
from ..models import Decision
from ..selectors.history import new_versions
from . import publication
from .steps import SHORTEST_OPINION, BulkResult, lock, move, reason_of, same_person, sort_out

State = Decision.State
TOO_LATE: dict[str, str] = {
    State.APPROVED: "审核人已审核通过，不能撤回。需要修改的，请联系审核人或单位负责人退回。",
    State.PUBLISHED: "这条信息已经公示，不能撤回。需要修改的，请使用“更正”。",
    State.RETURNED: "审核人已退回这条信息，不用撤回，请按退回意见修改后重新提交。",
}
NOTHING_CHANGED = "这次更正没有改动任何栏目，不能提交审核。请修改后提交；不需要更正的，请放弃更正。"
THREE_PEOPLE = "录入、审核和公示须由三人分别办理。"


@transaction.atomic
def submit(*, kind: str, ids: Sequence[int], by: User, late_reason: str = "") -> BulkResult:
    """Hand drafts or returned decisions to the reviewers. The reason goes to those past their deadline that have none;
    what is left without one the reviewer explains."""
    if late_reason.strip():
        late_reason = reason_of(late_reason, "迟报原因", limit=300)
    rows = lock(kind, ids, by=by, permission=Permission.DECISION_EDIT)
    versions = new_versions(rows)

    def why_not(row: Decision) -> str:
        if row.state not in row.EDITABLE:
            return already(row)
        version = versions.get(row.pk)
        idle = version is not None and not version.changes and row.is_public
        return NOTHING_CHANGED if idle else ""

    good, refused = sort_out(rows, why_not)
    step: dict[str, Any] = {
        "state": State.IN_REVIEW,
        "submitted_by": by,
        "submitted_at": timezone.now(),
        "reviewed_by": None,
        "reviewed_at": None,
        "return_reason": "",
    }
    late = [row for row in good if late_reason and is_late(row) and not row.late_reason]
    move([row for row in good if row not in late], "decision.submitted", by=by, **step)
    move_late(late, "decision.submitted", late_reason, by=by, **step)
    return BulkResult(len(good), refused)


def is_late(row: Decision) -> bool:
    """Past its deadline; a correction has no clock."""
    return row.deadline_on < timezone.localdate() and row.version == 1


def move_late(
    rows: Sequence[Decision], action: str, late_reason: str, *, by: User, **step: Any
) -> None:
    """With the reason for the delay, which is also in the trail."""
    reason = f"迟报原因：{late_reason}"
    move(rows, action, by=by, reason=reason, **step, late_reason=late_reason)


@transaction.atomic
def take_back(*, kind: str, pk: int, by: User) -> Decision:
    """Whoever submitted a decision takes it back to draft, as long as the reviewer has not acted on it.

    The reviewers are told nothing, as they were told nothing of the submission: it leaves their queue.
    """
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    if row.state != State.IN_REVIEW:
        raise DecisionRefused(TOO_LATE.get(row.state) or already(row))
    if row.submitted_by_id != by.pk:
        raise DecisionRefused(f"这条信息由{row.submitted_by}提交，只有提交人可以撤回。")
    move(
        [row],
        "decision.taken_back",
        by=by,
        state=State.DRAFT,
        submitted_by=None,
        submitted_at=None,
    )
    return row


@transaction.atomic
def approve(
    *, kind: str, ids: Sequence[int], by: User, late_reason: str = "", read: int | None = None
) -> BulkResult:
    """The second person agrees. A decision past its deadline needs the reason for the delay.

    `read` is the revision that the person had before their eyes; refused when another one stands by now.
    """
    if late_reason.strip():
        late_reason = reason_of(late_reason, "迟报原因", limit=300)
    rows = lock(kind, ids, by=by, permission=Permission.DECISION_REVIEW)
    refuse_unread(rows, read)

    def why_not(row: Decision) -> str:
        if row.state != State.IN_REVIEW:
            return already(row)
        if same_person(row, by):
            return "录入、提交和审核不能是同一人，请由其他审核员审核。"
        if is_late(row) and not (late_reason or row.late_reason):
            return "已过最迟公示日，请填写迟报原因后再审核通过。"
        return ""

    good, refused = sort_out(rows, why_not)
    now = timezone.now()
    late = [row for row in good if is_late(row) and late_reason]
    punctual = [row for row in good if row not in late] if late else good
    step: dict[str, Any] = {"state": State.APPROVED, "reviewed_by": by, "reviewed_at": now}
    move(punctual, "decision.approved", by=by, **step)
    move_late(late, "decision.approved", late_reason, by=by, **step)
    return BulkResult(len(good), refused)


@transaction.atomic
def return_to_clerk(*, kind: str, ids: Sequence[int], by: User, reason: str) -> BulkResult:
    """The reviewer sends decisions back, with the reason."""
    reason = reason_of(reason, "退回意见", more="，说明需要修改的内容", least=SHORTEST_OPINION)
    rows = lock(kind, ids, by=by, permission=Permission.DECISION_REVIEW)

    def why_not(row: Decision) -> str:
        if row.state not in (State.IN_REVIEW, State.APPROVED):
            return already(row)
        if same_person(row, by):
            return "录入、提交和审核不能是同一人，请由其他审核员处理。"
        return ""

    good, refused = sort_out(rows, why_not)
    move(
        good,
        "decision.returned",
        by=by,
        reason=reason,
        state=State.RETURNED,
        reviewed_by=by,
        reviewed_at=timezone.now(),
        return_reason=reason,
    )
    tell_authors(good, reason)
    return BulkResult(len(good), refused)


@transaction.atomic
def send_back(*, kind: str, pk: int, by: User, reason: str, read: int | None = None) -> Decision:
    """The head gives an approved decision back to the clerk instead of making it public, with the reason. Whoever
    approved it hears of it as well."""
    reason = reason_of(reason, "退回意见", more="，说明需要修改的内容", least=SHORTEST_OPINION)
    (row,) = lock(kind, [pk], by=by, permission=Permission.DECISION_PUBLISH)
    refuse_unread([row], read)
    if row.state != State.APPROVED:
        raise DecisionRefused(already(row))
    if took_part(row, by):
        raise DecisionRefused(THREE_PEOPLE)
    move(
        [row], "decision.returned", by=by, reason=reason, state=State.RETURNED, return_reason=reason
    )
    tell_authors([row], reason, row.reviewed_by)
    return row


def tell_authors(rows: Sequence[Decision], reason: str, *others: User | None) -> None:
    """Whoever submitted a decision hears at once that it came back."""
    for row in rows:
        notices.notify(
            recipients=[person for person in (row.submitted_by, *others) if person],
            key=f"returned:{row.reference}:{row.revision}",
            text=f"{row.document_number}被退回：{reason}"[:500],
            level=Notice.Level.RETURNED,
            link=reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk]),
        )


@transaction.atomic
def publish(*, kind: str, ids: Sequence[int], by: User, read: int | None = None) -> BulkResult:
    """The head makes approved decisions public: snapshot, ledger line and outbox message in one go.

    `read` is the revision that the person had before their eyes; refused when another one stands by now.
    """
    rows = lock(kind, ids, by=by, permission=Permission.DECISION_PUBLISH)
    refuse_unread(rows, read)
    periods = publication.Periods()

    def why_not(row: Decision) -> str:
        return why_not_public(row, periods, by=by)

    good, refused = sort_out(rows, why_not)
    move(
        good,
        "decision.published",
        by=by,
        state=State.PUBLISHED,
        published_by=by,
        published_at=timezone.now(),
        withdrawn_at=None,
        withdrawn_reason="",
    )
    publication.publish_versions(good, periods, by=by)
    return BulkResult(len(good), refused)


def refuse_unread(rows: Sequence[Decision], read: int | None) -> None:
    """Nobody agrees to a text that was changed after they read it."""
    if read is not None and any(row.revision != read for row in rows):
        raise EditConflict("您打开本页之后，这条信息有变动。请核对现在的内容后再办理。")


def why_not_public(row: Decision, periods: publication.Periods, *, by: User) -> str:
    """The sentence when this person cannot publish it now, or nothing."""
    if row.state != State.APPROVED:
        return already(row)
    return THREE_PEOPLE if took_part(row, by) else periods.why_over(row)


def took_part(row: Decision, by: User) -> bool:
    """Whether this person already was the author or the reviewer of the version."""
    return same_person(row, by) or row.reviewed_by_id == by.pk


def already(row: Decision) -> str:
    """Why a step is out of turn, in words."""
    return f"该信息当前为“{row.standing}”，不能进行此操作，请刷新后查看。"
