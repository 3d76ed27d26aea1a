"""What the pages of the register share: the department of the address, the tabs, the trail."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic.base import ContextMixin

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView

from ..presenters import crumbs

TABS = (
    ("register_gaps", "缺号"),
    ("register_answers", "缺号说明"),
    ("register_cases", "案件台账"),
    ("register_series", "文号规则"),
    ("register_zero", "本期无数据"),
)


class RegisterPage(ContextMixin, StaffView):
    """A page of one department, which the person may look into; to others there is none."""

    permission: ClassVar[Permission | None] = Permission.REGISTER_VIEW
    tab: ClassVar[str] = ""
    step: ClassVar[str] = ""  # what the page is beyond its tab

    @cached_property
    def department(self) -> Department:
        seen = policy.departments_for(self.user, Permission.REGISTER_VIEW)
        return get_object_or_404(seen, uscc=self.kwargs["uscc"])

    def may(self, permission: Permission) -> bool:
        return policy.may(self.user, permission, self.department)

    def address(self, name: str, **parts: Any) -> str:
        return reverse(f"staff:publicity:{name}", kwargs={"uscc": self.department.uscc, **parts})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = dict(TABS)
        trail = [("文号与案件台账", reverse("staff:publicity:register_overview"))]
        if self.step:
            trail += [
                (f"{self.department} {words[self.tab]}", self.address(self.tab)),
                (self.step, ""),
            ]
        else:
            trail += [(self.department.name, "")]
        return super().get_context_data(**kwargs) | {
            "department": self.department,
            "crumbs": crumbs(*trail),
            "tabs": [
                {
                    "label": label,
                    "url": self.address(name),
                    "count": None,
                    "active": name == self.tab,
                }
                for name, label in TABS
            ],
            "can_edit": self.may(Permission.REGISTER_EDIT),
        }
