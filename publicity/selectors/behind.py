"""Which deciding organs are behind: past their deadlines, close to them, or reported too late this month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q

from credit_portal.accounts.models import User
from credit_portal.accounts.policy import departments_for
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.calendar import Calendar, load_calendar

from ..models import DECISION_MODELS
from .clocks import soon_until, workdays_late
from .rates import Board, DepartmentLine


@dataclass(frozen=True)
class Waiting:
    """Decisions of one kind that are not public yet: past their deadline, and due within the next days."""

    overdue: int
    soon: int
    oldest: dt.date | None  # the deadline that has been missed for longest


@dataclass(frozen=True)
class Behind:
    """An organ that is behind. `late` is in working days, of what has been overdue for longest."""

    line: DepartmentLine  # its month
    by_kind: dict[str, Waiting] = field(default_factory=dict)
    late: int = 0

    @property
    def overdue(self) -> int:
        return sum(waiting.overdue for waiting in self.by_kind.values())

    @property
    def soon(self) -> int:
        return sum(waiting.soon for waiting in self.by_kind.values())

    @property
    def untimely(self) -> int:
        """What the platform was given this month and did not take in time."""
        return self.line.counts.reported - self.line.counts.timely


def behind(*, user: User, board: Board, today: dt.date) -> list[Behind]:
    """The organs of the board that are behind, those with the most overdue decisions first."""
    calendar = load_calendar()
    found = waiting(user, today, soon_until(today, calendar))
    organs = [
        Behind(line, kinds, late(kinds, today, calendar))
        for line in board.lines
        for kinds in [found.get(line.department.pk, {})]
    ]
    those = [organ for organ in organs if organ.by_kind or organ.untimely]
    return sorted(those, key=lambda organ: (-organ.overdue, -organ.late, -organ.soon))


def waiting(user: User, today: dt.date, until: dt.date) -> dict[int, dict[str, Waiting]]:
    """By organ and kind, what has to be public by that day; a query for each kind."""
    past = Q(deadline_on__lt=today)
    # Ids and not a subquery: the rows are then found in the index of department, state and deadline.
    seen = list(departments_for(user, Permission.DECISION_VIEW).values_list("pk", flat=True))
    found: dict[int, dict[str, Waiting]] = {}
    for kind, model in DECISION_MODELS.items():
        rows = model.objects.timed().filter(department__in=seen, deadline_on__lte=until)
        groups = rows.order_by().values_list("authority")
        told = groups.annotate(
            overdue=Count("pk", filter=past),
            soon=Count("pk", filter=~past),
            oldest=Min("deadline_on", filter=past),
        )
        for authority, *numbers in told:
            found.setdefault(authority, {})[kind] = Waiting(*numbers)
    return found


def late(kinds: dict[str, Waiting], today: dt.date, calendar: Calendar) -> int:
    missed = [waiting.oldest for waiting in kinds.values() if waiting.oldest]
    return workdays_late(min(missed), today, calendar) if missed else 0
