"""One decision typed by hand: judged by the same rules as a row of a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.regulations.deadlines import explain
from records.models import MarketEntity

from ..exceptions import DecisionRefused, EditConflict, EntryRefused, TwinRefused
from ..fields import fields_for
from ..intake.check import CheckedRow, check_values
from ..intake.problems import CONFIRM, Finding, problem
from ..models import DECISION_MODELS, Decision
from ..querysets import number_form
from ..selectors.same_number import same_number
from . import bulk
from .intake import departments_to_file_for
from .steps import lock, reason_of

if TYPE_CHECKING:
    from django.db import models


@transaction.atomic
def create_decision(
    *,
    kind: str,
    values: Mapping[str, str],
    department: Department,
    by: User,
    confirmed: bool = False,
    late_reason: str | None = None,
) -> Decision:
    """A new draft. Refused with every problem at once, by field. A late one needs its reason where it is asked for
    (`late_reason` is not None)."""
    policy.require(by, Permission.DECISION_EDIT, department)
    row = judged(kind, values, by=by, confirmed=confirmed, late_reason=late_reason)
    decision = DECISION_MODELS[kind](
        department=department, created_by=by, created_at=timezone.now()
    )
    fill(decision, row, by=by)
    explain_lateness(decision, row, late_reason)
    save(decision)
    audit.record(
        "decision.created",
        by=by,
        subject=decision,
        department_code=department.uscc,
        reason=stood_by(row),
    )
    return decision


@transaction.atomic
def edit_decision(
    *,
    kind: str,
    pk: int,
    values: Mapping[str, str],
    revision: int,
    by: User,
    confirmed: bool = False,
    late_reason: str | None = None,
) -> Decision:
    """Change a draft or a returned decision; refused when somebody saved it after `revision`."""
    (decision,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    if decision.state not in decision.EDITABLE:
        raise DecisionRefused(
            f"该信息当前为“{decision.standing}”，不能修改。公示中的信息请使用“更正”。"
        )
    if decision.revision != revision:
        raise EditConflict(
            "您打开本页之后，该信息又被保存过。下面同时列出两份内容，请核对后重新保存。"
        )
    before = texts(decision)
    row = judged(kind, values, by=by, confirmed=confirmed, pk=pk, late_reason=late_reason)
    fill(decision, row, by=by)
    explain_lateness(decision, row, late_reason)
    decision.revision += 1
    save(decision)
    audit.record(
        "decision.edited",
        by=by,
        subject=decision,
        department_code=decision.department.uscc,
        reason=stood_by(row),
        changes=changed(before, texts(decision)),
    )
    return decision


def stood_by(row: CheckedRow) -> str:
    """What the person ticked as checked, for the trail."""
    doubts = [one["sentence"] for one in row.problems if one["severity"] == CONFIRM]
    return f"已核实确认：{''.join(doubts)}" if doubts else ""


def texts(decision: Decision) -> dict[str, str]:
    """Every national field as the trail keeps it: what was saved without a change reads the same before and after."""
    return {field.name: kept(getattr(decision, field.name)) for field in fields_for(decision.KIND)}


def changed(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """As the trail keeps a change: the text before and after, by field."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def kept(value: Any) -> str:
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


@transaction.atomic
def delete_draft(*, kind: str, pk: int, by: User, reason: str = "") -> None:
    """Remove a draft that was never public; its audit rows stay. What is past its deadline or was sent back leaves the
    count of what is due with it: that takes a reason, and the head of the department hears of it."""
    (decision,) = lock(kind, [pk], by=by, permission=Permission.DECISION_EDIT)
    if decision.state not in decision.EDITABLE or decision.version > 1:
        raise DecisionRefused("只能删除从未公示过的草稿或被退回的信息。")
    if needs_reason_to_go(decision):
        reason = reason_of(
            reason, "删除原因", more="：已逾期或被退回的信息，删除须说明原因", least=4
        )
        tell_heads_of_deletion(decision, reason, by=by)
    audit.record(
        "decision.deleted",
        by=by,
        subject=decision,
        department_code=decision.department.uscc,
        reason=reason.strip(),
    )
    decision.delete()


def needs_reason_to_go(decision: Decision) -> bool:
    late = decision.deadline_on < timezone.localdate()
    return late or decision.state == Decision.State.RETURNED


def tell_heads_of_deletion(decision: Decision, reason: str, *, by: User) -> None:
    notices.notify(
        recipients=policy.holders(Permission.DECISION_PUBLISH, decision.department),
        key=f"deleted:{decision.reference}",
        text=f"{by}删除了{decision.document_number}（最迟公示日 {decision.deadline_on}）。原因：{reason}",
        level=Notice.Level.AMBER,
        link=reverse("staff:publicity:decision_detail", args=[decision.KIND, decision.pk]),
    )


def judge_entry(
    *, kind: str, values: Mapping[str, str], by: User, pk: int | None = None
) -> CheckedRow:
    """The values as the rules see them, whatever the verdict; `pk` is the decision being changed. Changes
    nothing."""
    row = check_values(kind, values, bulk.check_context(departments_to_file_for(by)))
    other = same_number(kind, row.values, besides=pk)
    return row if other is None else row.with_problem(number_used(kind, other))


def number_used(kind: str, other: Decision) -> Finding:
    (label,) = (field.plain for field in fields_for(kind) if field.name == "document_number")
    facts = {"date": other.decided_on.isoformat(), "state": other.standing}
    return problem("number_used", "document_number", label, **facts)


def judged(
    kind: str,
    values: Mapping[str, str],
    *,
    by: User,
    confirmed: bool,
    pk: int | None = None,
    late_reason: str | None = None,
) -> CheckedRow:
    """The row as the rules see it, or a refusal that carries its problems."""
    row = judge_entry(kind=kind, values=values, by=by, pk=pk)
    if row.late and late_reason is not None and not late_reason.strip():
        row = row.with_problem(problem("late_reason_missing", "late_reason", "迟报原因"))
    if row.verdict == "reject" or (row.verdict == "confirm" and not confirmed):
        raise EntryRefused(row)
    return row


def explain_lateness(decision: Decision, row: CheckedRow, late_reason: str | None) -> None:
    """Where the reason was asked for; one that was given in vain is not kept."""
    if late_reason is not None:
        decision.late_reason = late_reason.strip() if row.late else ""


def fill(decision: Decision, row: CheckedRow, *, by: User) -> None:
    """Copy the cleaned values and everything that follows from them."""
    day = decision.decided_on
    for field in fields_for(decision.KIND):
        setattr(decision, field.name, typed(decision, field.name, row.values.get(field.name)))
    follow(decision, day)
    decision.confirmed_by = by if row.verdict == "confirm" else None


def follow(decision: Decision, day_before: dt.date) -> None:
    """What follows from the values. A version after the first keeps the deadline that the first was judged by, unless
    the day of the decision itself was wrong."""
    if decision.version == 1 or decision.decided_on != day_before:
        explained = explain("publicity.deadline", decision.decided_on)
        decision.deadline_on = explained.result
        decision.deadline_provisional = explained.provisional
        decision.deadline_explained = explained.as_json()
    decision.authority = Department.objects.get(uscc=decision.authority_code)
    decision.entity = MarketEntity.objects.filter(code=decision.party_code).first()
    decision.credit_site_publicity = bulk.shown_on_credit_site(
        getattr(decision, "penalty_category", "")
    )


def typed(decision: Decision, name: str, value: Any) -> Any:
    """A cleaned value (ISO date, decimal text, text) as the model wants it."""
    model_field = cast("models.Field[Any, Any]", decision._meta.get_field(name))
    if value in (None, ""):
        return None if model_field.null else ""
    return model_field.to_python(value)


def save(decision: Decision) -> None:
    if twin := find_twin(decision):
        raise TwinRefused(twin)
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError as error:
        if "natural_key" not in str(error):
            raise
        raise TwinRefused(find_twin(decision)) from error


def find_twin(decision: Decision) -> Decision | None:
    """The row of the same decision. The database knows the number letter by letter; people type its brackets and
    blanks as they come."""
    rows = DECISION_MODELS[decision.KIND].objects.filter(
        party_name=decision.party_name, decided_on=decision.decided_on, authority=decision.authority
    )
    number = number_form(decision.document_number)
    others = rows.exclude(pk=decision.pk).select_related("department")
    return next((row for row in others if number_form(row.document_number) == number), None)
