"""The first page of the desk: what waits, what is late, this month's rates."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.selectors import missing_years
from credit_portal.web.gates import StaffView
from publicity.models import DECISION_MODELS, Decision
from publicity.selectors.clocks import Clock, clock
from publicity.selectors.desk import acting_rows, piles
from publicity.selectors.rates import board

ROWS = 15  # most urgent rows on the first page


class DeskView(StaffView, TemplateView):
    template_name = "staff/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = timezone.localdate().replace(day=1)
        rates = board(month=month, user=self.user) if self.sees_rates else None
        return super().get_context_data(**kwargs) | {
            "piles": piles(self.user),
            "urgent": most_urgent(self.user),
            "month": month,
            "rates": rates.total.rates(month) if rates else (),
            "missing_years": missing_years(timezone.localdate()),
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT),
        }

    @property
    def sees_rates(self) -> bool:
        return policy.may(self.user, Permission.RATES_VIEW)


def most_urgent(user: User) -> list[tuple[Decision, Clock]]:
    """The open decisions of the person's departments whose clocks end first."""
    calendar = load_calendar()
    rows = chain.from_iterable(
        acting_rows(model.objects.open(), user).by_urgency()[:ROWS]
        for model in DECISION_MODELS.values()
    )
    first = sorted(rows, key=lambda row: (row.deadline_on, row.pk))[:ROWS]
    return [(row, clock(row, calendar=calendar)) for row in first]
