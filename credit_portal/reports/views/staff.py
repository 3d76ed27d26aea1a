"""Reports as files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from credit_portal.accounts.roles import Permission
from credit_portal.web.gates import StaffView
from publicity.filters import read_month

from .. import services


class RatesReportView(StaffView):
    """The month's rates of the departments the person may see, as a PDF."""

    permission = Permission.REPORT_EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        month = read_month(request.GET.get("month", "")) or timezone.localdate().replace(day=1)
        answer = HttpResponse(
            services.rates_report(month=month, by=self.user), content_type="application/pdf"
        )
        filename = f"双公示三率通报-{month:%Y-%m}.pdf"
        answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
        return answer
