"""The board of the three rates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.rules import rates_rule
from credit_portal.web.gates import StaffView

from ...filters import read_month
from ...selectors.rates import board


class RatesView(StaffView, TemplateView):
    """A month by department: numerator, denominator, and a link to the rows that are missing."""

    permission = Permission.RATES_VIEW
    template_name = "staff/publicity/rates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = read_month(self.request.GET.get("month", "")) or timezone.localdate().replace(day=1)
        result = board(month=month, user=self.user)
        return super().get_context_data(**kwargs) | {
            "board": result,
            "lines": [(line, line.counts.rates(month)) for line in result.lines],
            "total_rates": result.total.rates(month),
            "definitions": rates_rule(month).definitions,
            "previous": (month - dt.timedelta(days=1)).replace(day=1),
            "following": (month + dt.timedelta(days=32)).replace(day=1),
            "rows_visible": policy.may(self.user, Permission.DECISION_VIEW),
            "can_export": policy.may(self.user, Permission.REPORT_EXPORT),
        }
