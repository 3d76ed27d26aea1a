"""How long is left: the light and the words of a decision's deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.dates import ExplainedDate

from ..models import DECISION_MODELS, Decision, Publication
from ..querysets import OPEN_STATES

AMBER_FROM = 2  # working days left
CORRECTION = "更正版本，不设最迟公示日"
AGAIN = "重新公示，不设最迟公示日"
LATER = "非首次公示，不设最迟公示日"


@dataclass(frozen=True)
class Clock:
    """The deadline of one decision as of a day. `left` is in working days, negative when past."""

    deadline: dt.date
    left: int
    running: bool
    light: str  # "green", "amber", "red", "done", or "" where there is nothing to judge
    word: str
    explained: ExplainedDate


def clock(
    decision: Decision, today: dt.date | None = None, calendar: Calendar | None = None
) -> Clock:
    """The clock of a decision; a published or withdrawn one has stopped, and a correction starts none: what the
    clock measures is how soon the first version was public."""
    day = today or timezone.localdate()
    running = decision.state in OPEN_STATES and decision.version == 1
    left = workdays_left(decision.deadline_on, day, calendar or load_calendar())
    light, word = judge(decision, left, running)
    return Clock(
        deadline=decision.deadline_on,
        left=left,
        running=running,
        light=light,
        word=word,
        explained=ExplainedDate.from_json(decision.deadline_explained),
    )


def workdays_left(deadline: dt.date, day: dt.date, calendar: Calendar) -> int:
    """Working days from `day` to the deadline; past it at least one is lost, also on a weekend."""
    left = calendar.workdays_between(day, deadline)
    return min(left, -1) if day > deadline else left


def soon_until(day: dt.date, calendar: Calendar) -> dt.date:
    """The last deadline that is near as of this day: amber, not green."""
    return calendar.add_workdays(day, AMBER_FROM)


def workdays_late(deadline: dt.date, day: dt.date, calendar: Calendar) -> int:
    """How many working days a day lies behind the deadline; nothing when it does not."""
    return max(0, -workdays_left(deadline, day, calendar))


def judge(decision: Decision, left: int, running: bool) -> tuple[str, str]:
    if decision.version > 1:
        return judge_later(decision)
    if not running:
        late = decision.published_at is not None and (
            timezone.localdate(decision.published_at) > decision.deadline_on
        )
        return ("red", "逾期公示") if late else ("done", "按期公示")
    if left < 0:
        return "red", f"逾期 {-left} 个工作日"
    if left == 0:
        return "amber", "今天到期"
    return ("amber" if left <= AMBER_FROM else "green"), f"剩 {left} 个工作日"


def judge_later(decision: Decision) -> tuple[str, str]:
    """Of a version after the first, or of a decision whose last version was its withdrawal."""
    if decision.state == Decision.State.WITHDRAWN:
        return "", "已停止公示"
    if not decision.on_its_way:
        return "done", LATER
    return ("done", CORRECTION) if decision.is_public else ("", AGAIN)


def overstayed(day: dt.date) -> int:
    """Decisions that still count as public although their period was over before the day."""
    over = Publication.objects.current().filter(ends_on__lt=day, withdrawn_at=None)
    total = 0
    for kind, model in DECISION_MODELS.items():
        mine = over.filter(reference=Concat(Value(f"{kind}:"), Cast(OuterRef("pk"), CharField())))
        total += model.objects.filter(Exists(mine), state=Decision.State.PUBLISHED).count()
    return total
