"""导出: the list as it is filtered, sorted and laid out, as a workbook."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from credit_portal.desk.selectors.lists import columns_of
from credit_portal.exceptions import Refusal

from ... import services
from ...selectors.columns import default_keys
from .batches import workbook_answer
from .decisions import DecisionPage, list_page


class DecisionExportView(DecisionPage):
    """POST only. The query string is that of the list. A short list comes at once, a long one is a job."""

    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        query = request.GET.copy()
        query.pop("page", None)
        asked: dict[str, Any] = {
            "kind": self.kind,
            "query": query.urlencode(),
            "columns": columns_of(self.user, list_page(self.kind)) or default_keys(self.kind),
            "by": self.user,
        }
        try:
            book = services.export_at_once(**asked)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
            address = reverse("staff:publicity:decision_list", args=[self.kind])
            return redirect(f"{address}?{asked['query']}")
        if book is None:
            return redirect("staff:jobs:detail", services.request_export(**asked).pk)
        return workbook_answer(book.content, book.filename)
