"""What happens because time passes: the end of publicity, new holidays. Reminders are in `reminding.py`.

Nothing here counts days up or down: every date is derived again from the decision and the calendar.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice
from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.dates import ExplainedDate
from credit_portal.regulations.deadlines import explain

from ..models import DECISION_MODELS, Decision, Publication


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
    decision that is public keeps the date it was judged by, also while it is corrected.
    """
    calendar = load_calendar()
    moved: Counter[int] = Counter()
    for model in DECISION_MODELS.values():
        rows = model.objects.timed().filter(decided_on__in=stale_days(model, calendar))
        for row in rows.locked():
            move_clock(row, explain("publicity.deadline", row.decided_on, calendar))
            moved[row.department_id] += 1
    tell_of_moved(moved)
    return moved.total()


def tell_of_moved(moved: Counter[int]) -> None:
    """The clerks of each department whose clocks moved, once for each reading of the calendar."""
    for department in Department.objects.filter(pk__in=list(moved)):
        notices.notify(
            recipients=policy.holders(Permission.DECISION_EDIT, department),
            key=f"moved:{timezone.now():%Y-%m-%dT%H:%M:%S.%f}",
            text=f"放假安排已更新，{moved[department.pk]} 条未公示信息的最迟公示日已重新计算，"
            "新旧日期见各条的流转记录；已公示的不受影响。",
            level=Notice.Level.INFO,
            link=reverse("staff:home"),
        )


def stale_days(model: type[Decision], calendar: Calendar) -> list[dt.date]:
    """Days of decision whose open clocks no longer stand where the calendar puts them."""
    rows = (
        model.objects.timed()
        .order_by()
        .values_list("decided_on", "deadline_on", "deadline_provisional")
    )
    return [
        decided_on
        for decided_on, deadline_on, provisional in rows.distinct()
        if (fresh := explain("publicity.deadline", decided_on, calendar)).result != deadline_on
        or fresh.provisional != provisional
    ]


def move_clock(row: Decision, explained: ExplainedDate) -> None:
    """Put one clock where it belongs, with the old and the new date in the trail. Reminders begin again."""
    changes = {"deadline_on": [str(row.deadline_on), str(explained.result)]}
    row.deadline_on = explained.result
    row.deadline_provisional = explained.provisional
    row.deadline_explained = explained.as_json()
    if explained.result > dt.date.fromisoformat(changes["deadline_on"][0]):
        row.reminded = ""
    row.save(
        update_fields=["deadline_on", "deadline_provisional", "deadline_explained", "reminded"]
    )
    audit.record("deadline.recomputed", by=None, subject=row, changes=changes)
