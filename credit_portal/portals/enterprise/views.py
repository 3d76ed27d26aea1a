"""The desk of a firm, phone first: five tiles, the record as the public sees it, the report, where to turn."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import FirmAct
from credit_portal.web.addresses import public_url
from credit_portal.web.bounds import within_bounds
from credit_portal.web.gates import EnterpriseView
from credit_portal.web.tiles import tiles_for
from publicity.models import FirmReport
from publicity.selectors.coming import coming
from records.models import MarketEntity
from records.views.firm import FirmView

from . import selectors, services


class EnterpriseHomeView(EnterpriseView, TemplateView):
    template_name = "enterprise/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        firms = list(MarketEntity.objects.represented_by(self.user))
        asked = self.request.GET.get("firm", "")
        firm = next((one for one in firms if one.code == asked), firms[0] if firms else None)
        context = super().get_context_data(**kwargs) | {"firms": firms, "firm": firm}
        if firm is None:
            return context
        acts = policy.firm_acts(self.user, firm.code)
        mine = [m for m in self.user.open_memberships if m.entity_code == firm.code]
        return context | {
            "enterprise": firm.name,
            "tiles": tiles_for(self.user, firm.code),
            "role": mine[0].get_role_display(),
            "valid_until": mine[0].valid_until,
            "acts": [act.label for act in FirmAct if act in acts],
            "tab_items": [
                {
                    "label": one.name,
                    "url": f"?firm={one.code}",
                    "count": None,
                    "active": one == firm,
                }
                for one in firms
            ],
        }


class RecordView(FirmView, TemplateView):
    """What the public sees, and what is coming."""

    template_name = "enterprise/record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "entries": selectors.public_record(self.firm, timezone.localdate()),
            "coming": coming(self.firm, self.user),
        }


class RepairView(FirmView, TemplateView):
    """Objection and repair: no application here yet, so the page says where to turn, record by record."""

    template_name = "enterprise/repair.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "entries": selectors.public_record(self.firm, timezone.localdate()),
            "chosen": self.request.GET.get("record", ""),
        }


class ReportView(FirmView, TemplateView):
    """The report as a page, since the browsers inside other apps block downloads. Only the sheet has a number."""

    template_name = "enterprise/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = selectors.credit_report(self.firm)
        return super().get_context_data(**kwargs) | {"report": report}


class ReportPdfView(FirmView):
    """Each download is an issue of its own. A question for the headers alone issues nothing."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = reverse("enterprise:report", args=[self.firm.code])
        made = within_bounds(request, back=back, make=self.issue, who=f"user:{self.user.pk}")
        if isinstance(made, HttpResponse):
            return made
        report, content = made
        answer = HttpResponse(content, content_type="application/pdf")
        filename = f"安全生产信用报告-{self.firm.name}-{report.number}.pdf"
        answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
        return answer

    def issue(self) -> tuple[FirmReport, bytes]:
        link = partial(public_url, self.request)
        return services.issue_report(entity=self.firm, link=link, by=self.user)
