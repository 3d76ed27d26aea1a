"""What anyone may read. Decisions come from frozen publications, never from live rows."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import ListView

from credit_portal.regulations.dates import ExplainedPeriod
from credit_portal.web.gates import PublicView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from ..filters import PublicationFilter
from ..models import Publication


class PublicationListView(NearestPage, PublicView, ListView[Publication]):
    """The public list of one kind, newest decision first."""

    template_name = "public/publicity/publication_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        kind = self.kwargs["kind"]
        if kind not in Publication.Kind.values:
            raise Http404
        self.kind = Publication.Kind(kind)
        rows = Publication.objects.public().filter(kind=kind)
        self.filter = PublicationFilter(self.request.GET, queryset=rows)
        # A filter that cannot be read shows its error and no rows: the whole list would be another answer.
        found = self.filter.qs if self.filter.is_valid() else rows.none()
        return found.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = f"{self.kind.label}公示"
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "filter": self.filter,
            "breadcrumb": trail({"label": heading}),
            "tab_items": [kind_tab(kind, self.kind) for kind in Publication.Kind],
        }


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
                "fields": public_fields(shown),
                "period": ExplainedPeriod.from_json(shown.period_explained),
                "breadcrumb": trail(
                    {
                        "label": f"{shown.get_kind_display()}公示",
                        "url": reverse("public:publicity:publication_list", args=[shown.kind]),
                    },
                    {"label": shown.document_number},
                ),
            },
        )


# 行政相对人代码_3(组织机构代码) is how the national table counts its columns; readers look for the kind of number.
NUMBERED = re.compile(r"行政相对人代码_\d\((.+)\)")


def public_fields(publication: Publication) -> list[dict[str, str]]:
    """The frozen fields as the page shows them; the party leads to its own page."""
    address = reverse("public:entity", args=[publication.entity.code]) if publication.entity else ""
    return [
        {
            "label": NUMBERED.sub(r"\1", field["label"]),
            "value": field["value"],
            "url": address if field["code"].endswith("_XDR_MC") else "",
        }
        for field in publication.snapshot
    ]


def trail(*items: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": "首页", "url": "/"}, *items]


def kind_tab(kind: Publication.Kind, current: Publication.Kind) -> dict[str, Any]:
    return {
        "label": kind.label,
        "url": reverse("public:publicity:publication_list", args=[kind.value]),
        "count": None,
        "active": kind == current,
    }
