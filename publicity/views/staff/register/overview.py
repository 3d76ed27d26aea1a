"""Every department that the person may look into, one line each."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView

from ....selectors.register import overview


class OverviewView(StaffView, TemplateView):
    permission = Permission.REGISTER_VIEW
    template_name = "staff/publicity/register/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lines": overview(self.user)}
