"""What anyone may read. Decisions come from frozen publications, never from live rows."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import ListView

from credit_portal.regulations.deadlines import ExplainedPeriod
from credit_portal.web.gates import PublicView
from credit_portal.web.pagination import SafePaginator

from ..filters import PublicationFilter
from ..models import Publication


class PublicationListView(PublicView, ListView[Publication]):
    """The public list of one kind, newest decision first."""

    template_name = "public/publicity/publication_list.html"
    paginate_by = 20
    paginator_class = SafePaginator

    def get_queryset(self) -> Any:
        kind = self.kwargs["kind"]
        if kind not in Publication.Kind.values:
            raise Http404
        self.kind = Publication.Kind(kind)
        rows = Publication.objects.public().filter(kind=kind)
        self.filter = PublicationFilter(self.request.GET, queryset=rows)
        return (self.filter.qs if self.filter.is_valid() else rows).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"kind": self.kind, "filter": self.filter}


class PublicationDetailView(PublicView):
    """One decision in national field order. What is no longer public answers 410 with a sentence."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Publication.objects.filter(public_id=kwargs["public_id"])
        shown = rows.public().select_related("authority", "entity").first()
        if shown is None:
            if not rows.exists():
                raise Http404
            return render(request, "public/publicity/publication_gone.html", status=410)
        return render(
            request,
            "public/publicity/publication_detail.html",
            {
                "publication": shown,
                "period": ExplainedPeriod.from_json(shown.period_explained),
            },
        )
