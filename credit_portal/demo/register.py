"""Series of the demo's departments, what they say of the numbers the drawn year skips, and cases nobody entered."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from credit_portal.accounts.models import Department
from publicity import services
from publicity.models import DECISION_MODELS, NumberSeries, RegisterCase
from publicity.selectors.gaps import Scope, gaps

from .history import Team, teams

PATTERNS = {
    "penalty": "（{mark}）应急罚〔{{year}}〕{{n}}号",
    "permit": "（{mark}）应急许准〔{{year}}〕{{n}}号",
}
ABSENT = ("淮南市谢家集区望峰岗汽车修理厂", "寿县瓦埠湖水产加工有限公司")


def write_register(today: dt.date) -> int:
    """Describe the numbering of every staffed department; answers how many series there are."""
    staffed = teams()
    for department in Department.objects.filter(pk__in=staffed):
        team = staffed[department.pk]
        for kind, pattern in PATTERNS.items():
            services.define_series(
                department=department,
                kind=kind,
                pattern=pattern.format(mark=department.mark),
                first_number=1,
                from_year=today.year,
                until_year=None,
                by=team.clerk,
            )
        write_cases(department, today)
    for department in Department.objects.filter(pk__in=staffed)[:2]:
        answer_some(department, staffed[department.pk], today)
    return NumberSeries.objects.count()


def write_cases(department: Department, today: dt.date) -> None:
    """The newest decisions as the case system has them, and two that are in no other place."""
    now = timezone.now()
    rows = DECISION_MODELS["penalty"].objects.filter(authority=department).order_by("-decided_on")
    known = [(row.party_name, row.document_number, row.decided_on) for row in rows[:12]]
    alone = [
        (name, "", today - dt.timedelta(days=20 * place)) for place, name in enumerate(ABSENT, 1)
    ]
    RegisterCase.objects.bulk_create(
        RegisterCase(
            department=department,
            kind="penalty",
            case_number=f"{department.mark}案〔{today.year}〕{place:03d}",
            party_name=party,
            document_number=number,
            decided_on=day,
            state=RegisterCase.State.DECIDED,
            first_seen_at=now,
            updated_at=now,
        )
        for place, (party, number, day) in enumerate([*known, *alone], start=1)
    )


def answer_some(department: Department, team: Team, today: dt.date) -> None:
    """One missing number is void and confirmed, the next one waits for its second person."""
    years = (today.year, today.year)
    missing = gaps(Scope([department.pk], kind="penalty", years=years), limit=2)
    for place, gap in enumerate(missing):
        made = services.answer_numbers(
            series=gap.series,
            year=gap.year,
            first=gap.number,
            last=gap.number,
            reason="void",
            note="打印错误，文号作废，已登记在文书台账。",
            by=team.clerk,
        )
        if not place:
            services.confirm_answers(ids=[made.pk], by=team.reviewer)
