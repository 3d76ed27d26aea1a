"""The desk of a firm: its record as the public sees it."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from credit_portal.web.gates import EnterpriseView
from publicity.models import Publication
from records.models import MarketEntity


class EnterpriseHomeView(EnterpriseView, TemplateView):
    template_name = "enterprise/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        firms = MarketEntity.objects.represented_by(self.user)
        shown = Publication.objects.public().filter(entity__in=firms).for_table()
        return super().get_context_data(**kwargs) | {
            "firms": [(firm, [row for row in shown if row.entity_id == firm.pk]) for firm in firms]
        }
