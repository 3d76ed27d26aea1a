"""What every step on decisions has in common: lock, sort out, change, tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit

from ..exceptions import DecisionRefused
from ..models import DECISION_MODELS, Decision


@dataclass
class BulkResult:
    """Outcome of a step on several decisions: how many moved, and why each other one did not."""

    done: int = 0
    refused: list[tuple[Decision, str]] = field(default_factory=list)


def lock(kind: str, ids: Sequence[int], *, by: User, permission: Permission) -> list[Decision]:
    """The rows, locked in key order; all must be visible to the person and theirs to act on."""
    wanted = set(ids)
    rows = list(DECISION_MODELS[kind].objects.visible_to(by).filter(pk__in=wanted).locked())
    if not wanted or len(rows) != len(wanted):
        raise DecisionRefused("没有选中信息，或所选信息已不存在，请刷新列表后重新选择。")
    departments = {row.department_id: row for row in rows}
    for row in departments.values():
        policy.require(by, permission, department=row.department)
    return list(rows)


def sort_out(
    rows: Sequence[Decision], why_not: Callable[[Decision], str]
) -> tuple[list[Decision], list[tuple[Decision, str]]]:
    """Those that may take the step, and for each other one the sentence that says why not."""
    good: list[Decision] = []
    refused: list[tuple[Decision, str]] = []
    for row in rows:
        reason = why_not(row)
        if reason:
            refused.append((row, reason))
        else:
            good.append(row)
    return good, refused


def move(
    rows: Sequence[Decision], action: str, *, by: User | None, reason: str = "", **changes: Any
) -> None:
    """Write the change in one statement and one audit event for each row."""
    if not rows:
        return
    model = type(rows[0])
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(
        revision=F("revision") + 1, **changes
    )
    for row in rows:
        for name, value in changes.items():
            setattr(row, name, value)
        row.revision += 1
    audit.record_many(
        action,
        by=by,
        subjects=rows,
        department_code=rows[0].department.uscc,
        reason=reason,
    )


SHORTEST_OPINION = 4  # characters from which a clerk can learn what to mend
MAX_REASON = 500  # characters


def reason_of(
    text: str, what: str, *, more: str = "", least: int = 1, limit: int = MAX_REASON
) -> str:
    """A reason as it may be stored: given, of a length that can mean something, without characters a database cannot
    hold. `more` is said to those who gave none."""
    reason = text.replace("\x00", "").strip()
    if not reason:
        raise DecisionRefused(f"请填写{what}{more}。")
    if len(reason) < least:
        raise DecisionRefused(f"{what}太短，请用至少 {least} 个字说明。")
    if len(reason) > limit:
        raise DecisionRefused(f"{what}不能超过 {limit} 字，现有 {len(reason)} 字，请精简。")
    return reason


def same_person(decision: Decision, by: User) -> bool:
    """Whether this person already acted on the version as its author."""
    return by.pk in (decision.created_by_id, decision.submitted_by_id)
