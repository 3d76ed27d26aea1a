"""A year of decisions that ends today: most on time, some late, the last days still on the desks.

The story is drawn from a seed, so that every installation of a day shows the same city. Rows are written as
the services would have left them; publishing itself goes through the service, so that snapshots, ledger and
outbox are the real ones.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Role
from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.deadlines import explain
from publicity.intake.specimen import CERTIFICATES, PERMIT_KINDS, VIOLATIONS
from publicity.models import DECISION_MODELS, Decision, PenaltyDecision, PermitDecision
from publicity.services import publication
from records.models import MarketEntity

DAYS = 365
LATE_REASONS = ("决定书送达后补录，经办人出差未及时填报。", "系统切换期间未能上报。")
SHARE_LATE = 0.05
SHARE_FORGOTTEN = 0.012  # still on the desk although overdue
SKIPPED = 37  # each so many-th number was given to something that nobody entered


@dataclass(frozen=True)
class Team:
    """The three people of one department."""

    clerk: User
    reviewer: User
    head: User


def teams() -> dict[int, Team]:
    found: dict[int, dict[str, User]] = {}
    for user in User.objects.filter(memberships__ended_at=None).prefetch_related("memberships"):
        for membership in user.memberships.all():
            if membership.department_id:
                found.setdefault(membership.department_id, {})[membership.role] = user
    return {
        department: Team(people[Role.CLERK], people[Role.REVIEWER], people[Role.HEAD])
        for department, people in found.items()
        if {Role.CLERK, Role.REVIEWER, Role.HEAD} <= people.keys()
    }


class Year:
    """Draws the decisions of the past year, department by department."""

    def __init__(self, today: dt.date, days: int = DAYS, seed: int = 2021) -> None:
        self.today = today
        self.days = days
        self.dice = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.calendar: Calendar = load_calendar()
        self.firms = list(MarketEntity.objects.filter(status="存续").order_by("code"))
        self.teams = teams()
        self.numbers: dict[tuple[int, str, int], int] = {}

    def decisions(self) -> Iterator[Decision]:
        departments = list(Department.objects.filter(pk__in=self.teams).order_by("uscc"))
        for age in range(self.days, -1, -1):
            day = self.today - dt.timedelta(days=age)
            if not self.calendar.is_workday(day):
                continue
            for department in departments:
                busy = 0.75 if department.level == Department.Level.CITY else 0.4
                for kind in ("penalty", "permit"):
                    if self.dice.random() < busy:
                        yield self.decision(kind, department, day)

    def decision(self, kind: str, department: Department, day: dt.date) -> Decision:
        firm = self.dice.choice(self.firms)
        explained = explain("publicity.deadline", day, self.calendar)
        sole = firm.code.startswith("92")
        category = (
            Decision.PartyCategory.SOLE_TRADER if sole else Decision.PartyCategory.ORGANISATION
        )
        shared: dict[str, Any] = {
            "party_name": firm.name,
            "party_category": category,
            "party_code": firm.code,
            "legal_representative": firm.legal_representative,
            "entity": firm,
            "document_number": self.number(kind, department, day.year),
            "decided_on": day,
            "authority": department,
            "authority_name": department.name,
            "authority_code": department.uscc,
            "source_name": department.name,
            "source_code": department.uscc,
            "department": department,
            "deadline_on": explained.result,
            "deadline_provisional": explained.provisional,
            "deadline_explained": explained.as_json(),
        }
        row = self.penalty(shared) if kind == "penalty" else self.permit(shared, day)
        self.walk(row)
        return row

    def number(self, kind: str, department: Department, year: int) -> str:
        key = (department.pk, kind, year)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        self.numbers[key] += self.numbers[key] % SKIPPED == 0
        word = "应急罚" if kind == "penalty" else "应急许准"
        return f"（{department.mark}）{word}〔{year}〕{self.numbers[key]}号"

    def penalty(self, shared: dict[str, Any]) -> PenaltyDecision:
        act, article = self.dice.choice(VIOLATIONS)
        warned = self.dice.random() < 0.06
        amount = Decimal(self.dice.randint(50, 999)) / 100
        fine = {} if warned else {"fine_amount": amount}
        return PenaltyDecision(
            violation_type=act,
            facts=f"{shared['party_name']}{act}，经现场检查、询问笔录等证据查实。",
            legal_basis=f"《中华人民共和国安全生产法》{article}",
            penalty_category="警告" if warned else "罚款",
            penalty_content="给予警告" if warned else f"处罚款人民币{amount}万元",
            valid_until=dt.date(2099, 12, 31),
            credit_site_publicity=not warned,
            **fine,
            **shared,
        )

    def permit(self, shared: dict[str, Any], day: dt.date) -> PermitDecision:
        return PermitDecision(
            document_title="准予行政许可决定书",
            permit_category=self.dice.choice(PERMIT_KINDS),
            certificate_name=self.dice.choice(CERTIFICATES),
            certificate_number=f"皖D{self.dice.randint(0, 999999):06d}",
            content="准予取得（延期）许可证，许可范围详见证书。",
            valid_from=day,
            valid_to=dt.date(day.year + 3, day.month, min(day.day, 28)),
            **shared,
        )

    def walk(self, row: Decision) -> None:
        """How far the decision has come by today, and when each step was taken."""
        team = self.teams[row.department_id]
        age = self.calendar.workdays_between(row.decided_on, self.today)
        forgotten = age > 7 and age < 40 and self.dice.random() < SHARE_FORGOTTEN
        pace = self.dice.randint(1, 5)
        if age > 7 and self.dice.random() < SHARE_LATE:
            pace = self.dice.randint(8, 12)
            row.late_reason = self.dice.choice(LATE_REASONS)
        row.created_by = team.clerk
        entered_on = self.after(row.decided_on, 1)
        row.created_at = moment(entered_on, 9, self.dice)
        steps = 0 if forgotten else min(3, max(0, 3 - (pace - age)))
        if steps == 0:
            row.late_reason = ""
            return
        row.submitted_by, row.submitted_at = team.clerk, moment(entered_on, 10, self.dice)
        row.state = Decision.State.IN_REVIEW
        if steps == 1:
            if self.dice.random() < 0.2:
                self.send_back(row, team)
            return
        reviewed_on = self.after(row.decided_on, max(1, pace - 1))
        row.reviewed_by, row.reviewed_at = team.reviewer, moment(reviewed_on, 14, self.dice)
        row.state = Decision.State.APPROVED
        if steps == 3 and self.after(row.decided_on, pace) <= self.today:
            published_on = self.after(row.decided_on, pace)
            row.published_by, row.published_at = team.head, moment(published_on, 16, self.dice)
            row.state = Decision.State.PUBLISHED

    def send_back(self, row: Decision, team: Team) -> None:
        row.state = Decision.State.RETURNED
        row.reviewed_by = team.reviewer
        row.reviewed_at = row.submitted_at
        row.return_reason = "处罚依据引用的条款有误，请核对。"

    def after(self, day: dt.date, workdays: int) -> dt.date:
        return min(self.calendar.add_workdays(day, workdays), self.today)


def moment(day: dt.date, hour: int, dice: random.Random) -> dt.datetime:
    """A time of the working day; never in the future."""
    zone = timezone.get_default_timezone()
    wanted = dt.datetime(day.year, day.month, day.day, hour, dice.randint(0, 59), tzinfo=zone)
    return min(wanted, timezone.now())


@transaction.atomic
def write_year(today: dt.date, days: int = DAYS) -> tuple[int, int]:
    """Write the year; returns how many decisions there are and how many of them are public."""
    drawn = list(Year(today, days).decisions())
    public = 0
    for kind, model in DECISION_MODELS.items():
        rows: list[Any] = [row for row in drawn if kind == row.KIND]
        model._default_manager.bulk_create(rows, batch_size=500)
        shown = [row for row in rows if row.state == Decision.State.PUBLISHED]
        periods = publication.Periods()
        live = [row for row in shown if not periods.why_over(row)]
        publication.publish_versions(live, periods, by=None)
        public += len(live)
    return len(drawn), public
