"""The people of the demo: who they are, where they work, how they sign in."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import services as accounts
from credit_portal.accounts.models import Department, RoleMembership, User
from credit_portal.accounts.roles import FirmAct, Role
from records import services as records
from records.models import MarketEntity

PASSWORD = "Xinyong-2026-Demo"  # noqa: S105 - printed on purpose; the demo listens on this machine only

EMERGENCY = "11340400MAMJ1E6E06"  # 淮南市应急管理局
HOUSING = "11340400MATX21HJ7K"  # 淮南市住房和城乡建设局
SHOUXIAN = "11340422MAEBD7E87U"  # 寿县应急管理局


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    department: str = ""  # code of the department worked for
    firm: int = -1  # place in the sample registry of the firm represented


CAST = (
    Person("clerk", "王静", Role.CLERK, EMERGENCY),
    Person("reviewer", "李伟", Role.REVIEWER, EMERGENCY),
    Person("head", "陈国栋", Role.HEAD, EMERGENCY),
    Person("shouxian_clerk", "孙丽", Role.CLERK, SHOUXIAN),
    Person("shouxian_reviewer", "赵勇", Role.REVIEWER, SHOUXIAN),
    Person("shouxian_head", "刘明", Role.HEAD, SHOUXIAN),
    Person("zhujian_clerk", "周敏", Role.CLERK, HOUSING),
    Person("zhujian_reviewer", "吴刚", Role.REVIEWER, HOUSING),
    Person("zhujian_head", "郑强", Role.HEAD, HOUSING),
    Person("office", "何芳", Role.COMMITTEE_OFFICER),
    Person("office_head", "高峰", Role.COMMITTEE_HEAD),
    Person("sysadmin", "林涛", Role.SYSTEM_ADMIN),
    Person("secadmin", "马超", Role.SECURITY_ADMIN),
    Person("auditor", "罗琳", Role.AUDIT_ADMIN),
    Person("firm_head", "高鹏", Role.ENTERPRISE_HEAD, firm=2),
    Person("firm_operator", "朱飞", Role.ENTERPRISE_OPERATOR, firm=2),
)


def totp_secret(username: str) -> str:
    """The demo's TOTP secret of a person: stable for one installation, different in each."""
    seed = hashlib.sha256(f"{settings.SECRET_KEY}:{username}".encode()).digest()
    return base64.b32encode(seed[:20]).decode()


def hire(person: Person, firm_codes: list[str]) -> User:
    """Open the account, set up its second factor, grant its role."""
    department = Department.objects.filter(uscc=person.department).first()
    user = accounts.create_user(
        username=person.username,
        name=person.name,
        department=department,
        password=PASSWORD,
        by=None,
    )
    if person.firm < 0:
        TOTP.activate(user, totp_secret(person.username))
    if person.firm >= 0:
        accounts.grant_role(
            user=user, role=person.role, entity_code=firm_codes[person.firm], by=None
        )
    else:
        accounts.grant_role(user=user, role=person.role, department=department, by=None)
    return user


def letter_path() -> Path:
    return Path(settings.MEDIA_ROOT) / "demo-letter.pdf"


def set_up_firms() -> None:
    """The operator's scope and end, as the head would have given them, and a letter for a firm without a head."""
    head, operator = (User.objects.get(username=name) for name in ("firm_head", "firm_operator"))
    records.change_delegate(
        membership=RoleMembership.objects.get(user=operator),
        scope=[FirmAct.VIEW.value, FirmAct.SUBMIT.value],
        valid_until=timezone.localdate() + dt.timedelta(days=180),
        by=head,
    )
    clerk = User.objects.get(username="clerk")
    site = os.environ.get("PORTAL_PUBLIC_URL", "http://127.0.0.1:8000")
    issued = records.issue_letter(
        entity=MarketEntity.objects.active().exclude(code__in=used_codes()).order_by("pk")[0],
        department=Department.objects.get(uscc=EMERGENCY),
        replaces=None,
        address=f"{site}{reverse('activation:start')}",
        by=clerk,
    )
    letter_path().parent.mkdir(parents=True, exist_ok=True)
    letter_path().write_bytes(issued.pdf)


def used_codes() -> list[str]:
    return list(
        RoleMembership.objects.exclude(entity_code="").values_list("entity_code", flat=True)
    )


def hire_rest() -> None:
    """A clerk, a reviewer and a head for every department that has none in the cast."""
    served = {person.department for person in CAST}
    others = Department.objects.active().filter(is_committee_office=False).exclude(uscc__in=served)
    for number, department in enumerate(others, start=1):
        for role, word in ((Role.CLERK, "录入"), (Role.REVIEWER, "审核"), (Role.HEAD, "负责")):
            user = accounts.create_user(
                username=f"unit{number}_{role.value}",
                name=f"{department.mark}{word}员"[:50],
                department=department,
                password=PASSWORD,
                by=None,
            )
            accounts.grant_role(user=user, role=role, department=department, by=None)


def login_lines() -> list[str]:
    """What the demo prints: one line for each person."""
    lines = [f"口令（全部账号相同）：{PASSWORD}", ""]
    for person in CAST:
        second = (
            f"TOTP 密钥 {totp_secret(person.username)}" if person.firm < 0 else "不需要动态口令"
        )
        lines.append(f"{person.username:<18}{person.role.label}　{person.name}　{second}")
    if letter_path().exists():
        lines += ["", f"企业激活函（激活码印在其中，可试用“启用企业账号”）：{letter_path()}"]
    lines += ["", "动态口令可用手机验证器扫入密钥，或运行 ./portal manage demo_cast --code 用户名"]
    return lines
