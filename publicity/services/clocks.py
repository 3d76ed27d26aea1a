"""What happens because time passes: warnings before a deadline, the end of publicity, new holidays.

Nothing here counts days up or down: every date is derived again from the decision and the calendar.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.dates import ExplainedDate
from credit_portal.regulations.deadlines import explain

from ..models import DECISION_MODELS, Decision, Publication
from ..selectors.clocks import soon_until, workdays_left
from ..selectors.desk import KIND_WORDS

MessageState = OutboxMessage.State

# Who has to act next, by state, and the word for it.
NEXT = {
    "draft": (Permission.DECISION_EDIT, "待提交"),
    "returned": (Permission.DECISION_EDIT, "被退回"),
    "in_review": (Permission.DECISION_REVIEW, "待审核"),
    "approved": (Permission.DECISION_PUBLISH, "待公示"),
}


@transaction.atomic
def warn_of_deadlines(today: dt.date | None = None) -> int:
    """Tell whoever acts next about decisions whose deadline is near or past; returns notices sent.

    One notice gathers a department's decisions of one kind, state and deadline. Its key names the
    deadline and the stage, so a second run on the same day tells nobody twice.
    """
    day = today or timezone.localdate()
    calendar = load_calendar()
    horizon = soon_until(day, calendar)
    sent = 0
    for kind, model in DECISION_MODELS.items():
        near = model.objects.timed().filter(deadline_on__lte=horizon).order_by()
        groups = near.values_list("department", "state", "deadline_on").annotate(count=Count("pk"))
        for department, state, deadline, count in groups:
            pile = Pile(kind, state, deadline, count)
            sent += tell(pile, Department.objects.get(pk=department), day, calendar)
    return sent


@dataclass(frozen=True)
class Pile:
    """Open decisions of one department, kind, state and deadline."""

    kind: str
    state: str
    deadline: dt.date
    count: int


def tell(pile: Pile, department: Department, day: dt.date, calendar: Calendar) -> int:
    permission, word = NEXT[pile.state]
    left = workdays_left(pile.deadline, day, calendar)
    stage = "overdue" if left < 0 else f"left-{left}"
    address = reverse("staff:publicity:decision_list", kwargs={"kind": pile.kind})
    return notices.notify(
        recipients=policy.holders(permission, department),
        key=f"deadline:{pile.kind}:{pile.state}:{pile.deadline}:{stage}",
        text=f"{pile.count} 条{word}的{KIND_WORDS[pile.kind]}信息，"
        f"公示期限 {pile.deadline}，{remaining(left)}。",
        level=Notice.Level.AMBER if left > 0 else Notice.Level.RED,
        link=f"{address}?state={pile.state}&until={pile.deadline}",
    )


def remaining(left: int) -> str:
    """Working days left, in words."""
    if left < 0:
        return f"已逾期 {-left} 个工作日"
    return "今天到期" if left == 0 else f"还剩 {left} 个工作日"


@transaction.atomic
def warn_of_rejections() -> int:
    """Tell the clerks about versions that the platform has refused or could not be given."""
    refused = (
        Publication.objects.current()
        .filter(message__state__in=[MessageState.HELD, MessageState.REJECTED, MessageState.DEAD])
        .select_related("message")
    )
    return sum(tell_of_rejection(row, row.message) for row in refused if row.message)


def tell_of_rejection(row: Publication, message: OutboxMessage) -> int:
    kind, pk = row.reference.split(":")
    department = Department.objects.get(uscc=message.department_code)
    return notices.notify(
        recipients=policy.holders(Permission.DECISION_EDIT, department),
        key=f"refused:{message.pk}:{message.attempts}",
        text=f"{row.document_number}未能报送市平台：{message.reason or '多次尝试未成功'}"[:500],
        level=Notice.Level.RED,
        link=reverse("staff:publicity:decision_detail", args=[kind, int(pk)]),
    )


@transaction.atomic
def expire_publications(today: dt.date | None = None) -> int:
    """Mark decisions whose period of publicity is over; public pages stopped showing them by date."""
    day = today or timezone.localdate()
    ended: dict[str, list[int]] = defaultdict(list)
    over = Publication.objects.current().filter(ends_on__lt=day, withdrawn_at=None)
    for reference in over.values_list("reference", flat=True):
        kind, pk = reference.split(":")
        ended[kind].append(int(pk))
    total = 0
    for kind, ids in ended.items():
        model = DECISION_MODELS[kind]
        rows = list(model.objects.filter(pk__in=ids, state=Decision.State.PUBLISHED).locked())
        model.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Decision.State.WITHDRAWN,
            withdrawn_at=timezone.now(),
            withdrawn_reason="公示期满",
        )
        audit.record_many("decision.expired", by=None, subjects=rows, reason="公示期满")
        total += len(rows)
    return total


@transaction.atomic
def recompute_open() -> int:
    """Work out again the deadlines of open clocks whose calendar has changed; returns how many moved.

    A year that was provisional may have been loaded, or a holiday put on top of one that was. A
    decision that is public keeps the date it was judged by.
    """
    calendar = load_calendar()
    return sum(
        move_clock(row, explain("publicity.deadline", row.decided_on, calendar))
        for model in DECISION_MODELS.values()
        for row in model.objects.open().filter(decided_on__in=stale_days(model, calendar)).locked()
    )


def stale_days(model: type[Decision], calendar: Calendar) -> list[dt.date]:
    """Days of decision whose open clocks no longer stand where the calendar puts them."""
    rows = (
        model.objects.open()
        .order_by()
        .values_list("decided_on", "deadline_on", "deadline_provisional")
    )
    return [
        decided_on
        for decided_on, deadline_on, provisional in rows.distinct()
        if (fresh := explain("publicity.deadline", decided_on, calendar)).result != deadline_on
        or fresh.provisional != provisional
    ]


def move_clock(row: Decision, explained: ExplainedDate) -> int:
    """Put one clock where it belongs, with the old and the new date in the trail."""
    changes = {"deadline_on": [str(row.deadline_on), str(explained.result)]}
    row.deadline_on = explained.result
    row.deadline_provisional = explained.provisional
    row.deadline_explained = explained.as_json()
    row.save(update_fields=["deadline_on", "deadline_provisional", "deadline_explained"])
    audit.record("deadline.recomputed", by=None, subject=row, changes=changes)
    return 1
