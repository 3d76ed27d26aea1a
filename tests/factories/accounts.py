"""The cast: people with fixed names, made through the services that make real ones, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import create_user, grant_role, import_departments

PASSWORD = "Blue-Kettle-42-Moss"

BUREAU, HOUSING, COUNTY = "11340400MAMJ1E6E06", "11340400MATX21HJ7K", "11340422MAEBD7E87U"
DEPARTMENTS = [
    {"name": "淮南市应急管理局", "uscc": BUREAU, "mark": "淮", "files_for_others": True},
    {"name": "淮南市住房和城乡建设局", "uscc": HOUSING, "mark": "淮建"},
    {"name": "寿县应急管理局", "uscc": COUNTY, "mark": "寿"},
]
FIRM, OTHER_FIRM = "91340405MAYHMM8F8X", "91340422MAB2TL6F50"


@dataclass(frozen=True)
class Part:
    name: str
    role: Role
    department: str = ""
    entity: str = ""


PARTS = {
    "clerk": Part("王静", Role.CLERK, BUREAU),
    "reviewer": Part("李伟", Role.REVIEWER, BUREAU),
    "head": Part("陈国栋", Role.HEAD, BUREAU),
    "other_clerk": Part("周敏", Role.CLERK, HOUSING),
    "county_clerk": Part("孙丽", Role.CLERK, COUNTY),
    "officer": Part("何芳", Role.COMMITTEE_OFFICER),
    "sysadmin": Part("林涛", Role.SYSTEM_ADMIN),
    "secadmin": Part("马超", Role.SECURITY_ADMIN),
    "auditor": Part("罗琳", Role.AUDIT_ADMIN),
    "firm_head": Part("高鹏", Role.ENTERPRISE_HEAD, entity=FIRM),
    "firm_operator": Part("朱飞", Role.ENTERPRISE_OPERATOR, entity=FIRM),
    "other_firm_head": Part("罗平静", Role.ENTERPRISE_HEAD, entity=OTHER_FIRM),
}
PRINCIPALS = ("visitor", *PARTS)


class Cast:
    """`cast.clerk`, `cast.bureau`, …: each made once for a test, when it is first named."""

    clerk: User
    reviewer: User
    head: User
    other_clerk: User
    county_clerk: User
    officer: User
    sysadmin: User
    secadmin: User
    auditor: User
    firm_head: User
    firm_operator: User
    other_firm_head: User

    def __getattr__(self, username: str) -> User:
        if username not in PARTS:
            raise AttributeError(username)
        part = PARTS[username]
        department = self.departments[part.department] if part.department else None
        user = create_user(
            username=username, name=part.name, department=department, password=PASSWORD, by=None
        )
        grant_role(
            user=user, role=part.role, department=department, entity_code=part.entity, by=None
        )
        self.__dict__[username] = user
        return user

    @cached_property
    def visitor(self) -> AnonymousUser:
        return AnonymousUser()

    @cached_property
    def departments(self) -> dict[str, Department]:
        import_departments(rows=DEPARTMENTS)
        return {department.uscc: department for department in Department.objects.all()}

    @property
    def bureau(self) -> Department:
        return self.departments[BUREAU]

    @property
    def housing(self) -> Department:
        return self.departments[HOUSING]

    @property
    def county(self) -> Department:
        return self.departments[COUNTY]


def make_user(username: str = "somebody", **facts: object) -> User:
    """A person without roles."""
    facts = {"name": "张三", "department": None, "password": PASSWORD, "by": None} | facts
    return create_user(username=username, **facts)  # type: ignore[arg-type]
