"""What a department says of its missing numbers: a clerk answers, a reviewer or the head confirms or returns."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.regulations.deadlines import explain
from credit_portal.regulations.rules import dictionary

from ..exceptions import RegisterRefused
from ..models import AnsweredNumber, NumberAnswer, NumberSeries
from ..selectors.gaps import EXPIRED, OPEN, Gap, Scope, gaps
from .steps import SHORTEST_OPINION, reason_of

Reason = NumberAnswer.Reason
MOST = 2_000  # numbers of one answer
UNFINISHED_RULE = "register.unfinished"
# What may be said anew: nothing yet, what ran out, and what may change by itself.
ANSWERABLE = (OPEN, EXPIRED, Reason.OMITTED.value, Reason.UNFINISHED.value)


@transaction.atomic
def answer_numbers(
    *, series: NumberSeries, year: int, first: int, last: int, reason: str, note: str, by: User
) -> NumberAnswer:
    """Say of every open number from `first` to `last` why it is missing; the others in between are left alone."""
    policy.require(by, Permission.REGISTER_EDIT, series.department)
    note = reason_of(note, "说明", least=SHORTEST_OPINION)
    if first > last:
        raise RegisterRefused("起始序号不能大于截止序号。", field="first")
    Department.objects.select_for_update().get(pk=series.department_id)
    found = answerable(series, year, first, last)
    if not found:
        raise RegisterRefused("这一段里没有待说明的缺号，请核对序号。", field="first")
    refuse_reason(reason, found)
    answer = NumberAnswer.objects.create(
        series=series,
        year=year,
        first=found[0].number,
        last=found[-1].number,
        count=len(found),
        reason=reason,
        note=note,
        answered_by=by,
        answered_at=timezone.now(),
    )
    replace_numbers(answer, [gap.number for gap in found])
    audit.record(
        "gap.answered",
        by=by,
        subject=answer,
        department_code=series.department.uscc,
        reason=f"{answer.get_reason_display()}：{note}"[:500],
    )
    return answer


def answerable(series: NumberSeries, year: int, first: int, last: int) -> list[Gap]:
    scope = Scope([series.department_id], series.pk, years=(year, year), status=ANSWERABLE)
    missing = gaps(scope, limit=1_000_000)
    found = [gap for gap in missing if first <= gap.number <= last]
    if len(found) > MOST:
        raise RegisterRefused(f"一次最多说明 {MOST:,} 个缺号，请分段办理。", field="last")
    return found


def refuse_reason(reason: str, found: Sequence[Gap]) -> None:
    """A reason holds for the days on which its rule was in force."""
    for gap in found:
        if dictionary("number_gap", gap.near_on).coded(reason) is None:
            word = dict(Reason.choices).get(reason)
            raise RegisterRefused(
                f"{gap.document_number} 约在 {gap.near_on} 作出，当时没有“{word}”这种情形。"
                if word
                else "请选择情形。",
                field="reason",
            )


def replace_numbers(answer: NumberAnswer, numbers: Sequence[int]) -> None:
    said_of = {"series": answer.series, "year": answer.year}
    earlier = AnsweredNumber.objects.filter(**said_of, number__in=numbers, current=True)
    earlier.update(current=False)
    AnsweredNumber.objects.bulk_create(
        [AnsweredNumber(answer=answer, number=number, **said_of) for number in numbers],
        batch_size=1_000,
    )


@transaction.atomic
def confirm_answers(*, ids: Sequence[int], by: User) -> int:
    """A second person vouches for these answers."""
    rows = lock_answers(ids, by=by)
    today, now = timezone.localdate(), timezone.now()
    for answer in rows:
        if answer.confirmed_at is not None:
            raise RegisterRefused(f"{answer} 的说明已经确认，请刷新后查看。")
        if answer.answered_by_id == by.pk:
            raise RegisterRefused(f"{answer} 由您本人说明，须由另一人确认。")
        answer.confirmed_by, answer.confirmed_at = by, now
        if answer.reason == Reason.UNFINISHED:
            answer.holds_until = explain(UNFINISHED_RULE, today).result
    fields = ["confirmed_by", "confirmed_at", "holds_until"]
    NumberAnswer.objects.bulk_update(rows, fields)
    audit.record_many(
        "gap.confirmed",
        by=by,
        subjects=rows,
        department_code=rows[0].series.department.uscc,
    )
    return sum(answer.count for answer in rows)


@transaction.atomic
def return_answers(*, ids: Sequence[int], reason: str, by: User) -> int:
    """Send answers back, also confirmed ones: their numbers are questions again."""
    reason = reason_of(reason, "退回意见", least=SHORTEST_OPINION)
    rows = lock_answers(ids, by=by)
    now = timezone.now()
    for answer in rows:
        answer.returned_by, answer.returned_at, answer.return_reason = by, now, reason
    NumberAnswer.objects.bulk_update(rows, ["returned_by", "returned_at", "return_reason"])
    AnsweredNumber.objects.filter(answer__in=rows, current=True).update(current=False)
    audit.record_many(
        "gap.returned",
        by=by,
        subjects=rows,
        department_code=rows[0].series.department.uscc,
        reason=reason,
    )
    tell_answerers(rows, reason)
    return sum(answer.count for answer in rows)


def lock_answers(ids: Sequence[int], *, by: User) -> list[NumberAnswer]:
    """The answers in key order, all of them standing, and in one department where the person may confirm."""
    wanted = set(ids)
    rows = list(
        NumberAnswer.objects.visible_to(by)
        .filter(pk__in=wanted, returned_at=None)
        .select_related("series", "series__department", "answered_by")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    departments = {row.series.department for row in rows}
    if not wanted or len(rows) != len(wanted) or len(departments) != 1:
        raise RegisterRefused("没有选中说明，或所选说明已被办理，请刷新后重新选择。")
    policy.require(by, Permission.REGISTER_CONFIRM, rows[0].series.department)
    return rows


def tell_answerers(rows: Sequence[NumberAnswer], reason: str) -> None:
    for answer in rows:
        notices.notify(
            recipients=[answer.answered_by],
            key=f"gap-returned:{answer.pk}",
            text=f"{answer} 的缺号说明被退回：{reason}"[:500],
            level=Notice.Level.RETURNED,
            link=reverse("staff:publicity:register_gaps", args=[answer.series.department.uscc]),
        )
