"""Decisions as a clerk would have left them, and the team that carries them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.regulations.deadlines import explain
from publicity import services
from publicity.models import PenaltyDecision, PermitDecision
from publicity.services.entry import texts
from records.models import MarketEntity
from records.names import search_form

EMERGENCY = "11340400MAMJ1E6E06"
FIRM = "91340405MAYHMM8F8X"


@dataclass
class Team:
    department: Department
    clerk: User
    reviewer: User
    head: User


def make_department(
    uscc: str = EMERGENCY, name: str = "淮南市应急管理局", **extra: Any
) -> Department:
    return Department.objects.get_or_create(uscc=uscc, defaults={"name": name, **extra})[0]


def make_team(department: Department | None = None, prefix: str = "") -> Team:
    department = department or make_department()
    people = {}
    for role in (Role.CLERK, Role.REVIEWER, Role.HEAD):
        user = User.objects.create(
            username=f"{prefix}{role.value}", name=f"{prefix}{role.label}", department=department
        )
        grant_role(user=user, role=role, department=department, by=None)
        people[role.value] = User.objects.get(pk=user.pk)
    return Team(department, **people)


def make_firm(code: str = FIRM, name: str = "淮南市焜屿电梯维保有限公司") -> MarketEntity:
    return MarketEntity.objects.get_or_create(
        code=code,
        defaults={"name": name, "search_name": search_form(name), "legal_representative": "孙飞"},
    )[0]


def _shared(
    team: Team, firm: MarketEntity | None, decided_on: dt.date, number: int
) -> dict[str, Any]:
    explained = explain("publicity.deadline", decided_on)
    organ = team.department
    return {
        "party_name": firm.name if firm else "王小明",
        "party_category": "法人及非法人组织" if firm else "自然人",
        "party_code": firm.code if firm else "",
        "legal_representative": "孙飞" if firm else "",
        "entity": firm,
        "document_number": f"（淮）应急罚〔{decided_on.year}〕{number}号",
        "decided_on": decided_on,
        "authority": organ,
        "authority_name": organ.name,
        "authority_code": organ.uscc,
        "source_name": organ.name,
        "source_code": organ.uscc,
        "department": organ,
        "deadline_on": explained.result,
        "deadline_provisional": explained.provisional,
        "deadline_explained": explained.as_json(),
        "created_by": team.clerk,
        "created_at": timezone.now(),
    }


def make_penalty(
    team: Team,
    firm: MarketEntity | None = None,
    *,
    decided_on: dt.date | None = None,
    number: int = 1,
    person: bool = False,
    **extra: Any,
) -> PenaltyDecision:
    day = decided_on or timezone.localdate()
    subject = None if person else firm or make_firm()
    values = _shared(team, subject, day, number) | {
        "violation_type": "未对从业人员进行安全生产教育和培训",
        "facts": "经现场检查、询问笔录等证据查实。",
        "legal_basis": "《中华人民共和国安全生产法》第九十七条第三项",
        "penalty_category": "罚款",
        "penalty_content": "处罚款人民币3.2万元",
        "fine_amount": Decimal("3.2"),
        "valid_until": dt.date(2099, 12, 31),
    }
    if person:
        values |= {"person_id_type": "身份证", "person_id_number": "11010519491231002X"}
    return PenaltyDecision.objects.create(**(values | extra))


def make_permit(
    team: Team,
    firm: MarketEntity | None = None,
    *,
    decided_on: dt.date | None = None,
    number: int = 1,
    **extra: Any,
) -> PermitDecision:
    day = decided_on or timezone.localdate()
    values = _shared(team, firm or make_firm(), day, number) | {
        "document_title": "准予行政许可决定书",
        "permit_category": "核准",
        "content": "准予取得许可证。",
        "valid_from": day,
        "valid_to": dt.date(day.year + 3, day.month, min(day.day, 28)),
    }
    return PermitDecision.objects.create(**(values | extra))


def submitted(decision: Any, team: Team) -> Any:
    services.submit(kind=decision.KIND, ids=[decision.pk], by=team.clerk)
    decision.refresh_from_db()
    return decision


def approved(decision: Any, team: Team) -> Any:
    submitted(decision, team)
    services.approve(
        kind=decision.KIND, ids=[decision.pk], by=team.reviewer, late_reason="补录历史决定。"
    )
    decision.refresh_from_db()
    return decision


def published(decision: Any, team: Team) -> Any:
    approved(decision, team)
    services.publish(kind=decision.KIND, ids=[decision.pk], by=team.head)
    decision.refresh_from_db()
    return decision


def edited(decision: Any, team: Team, **changes: str) -> Any:
    """The clerk saves it with these texts."""
    decision.refresh_from_db()
    return services.edit_decision(
        kind=decision.KIND,
        pk=decision.pk,
        values=texts(decision) | changes,
        revision=decision.revision,
        by=team.clerk,
        confirmed=True,
    )


def in_correction(decision: Any, team: Team, reason: str = "录入有误。", **changes: str) -> Any:
    """A correction of a public decision, with these texts in it so far."""
    services.revise(kind=decision.KIND, pk=decision.pk, by=team.clerk, reason=reason)
    if changes:
        edited(decision, team, **changes)
    decision.refresh_from_db()
    return decision


def corrected(decision: Any, team: Team, **changes: str) -> Any:
    """Public in its next version."""
    return published(in_correction(decision, team, **(changes or {"remarks": "更正。"})), team)
