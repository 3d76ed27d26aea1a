"""运行监测: what runs by itself, and whether it does."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.watch.selectors import items
from credit_portal.web.gates import StaffView


class WatchView(StaffView, TemplateView):
    permission = Permission.WATCH_VIEW
    template_name = "staff/watch/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = items()
        return super().get_context_data(**kwargs) | {
            "items": found,
            "red": [item for item in found if item.red],
            "unheard": any(item.state == "never" for item in found),
            "acts": policy.may(self.user, Permission.ACCOUNT_MANAGE),
        }
