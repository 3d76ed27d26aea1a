"""导出: the list as it is filtered, sorted and laid out, as a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from credit_portal.desk.selectors.lists import columns_of

from ... import services
from ...selectors.columns import default_keys
from .decisions import DecisionPage, list_page


class DecisionExportView(DecisionPage):
    """POST only. The query string is that of the list."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        columns = columns_of(self.user, list_page(self.kind)) or default_keys(self.kind)
        query = request.GET.copy()
        query.pop("page", None)
        job = services.request_export(
            kind=self.kind, query=query.urlencode(), columns=columns, by=self.user
        )
        return redirect("staff:jobs:detail", job.pk)
