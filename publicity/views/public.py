"""What anyone may read. Decisions come from frozen publications, never from live rows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import ListView

from credit_portal.regulations.dates import ExplainedPeriod
from credit_portal.web.addresses import public_url
from credit_portal.web.gates import PublicView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from .. import exports
from ..fields import plain_label
from ..filters import PUBLICATION_FILTERS, PublicationFilter
from ..forms import SheetCodeForm
from ..models import Publication
from ..selectors.public import SheetCheck, check_sheet, sheet_number, sheet_query
from ..selectors.reports import check_report, report_number

# What neither the database nor a page can hold.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST_CODE = 40  # characters that the box of a sheet's code shows again


def filtered(request: HttpRequest, kind: str) -> PublicationFilter:
    """The filter of a public list with what the address asks of it."""
    if kind not in Publication.Kind.values:
        raise Http404
    rows = Publication.objects.public().filter(kind=kind)
    asked = request.GET.copy()
    for name, values in request.GET.lists():
        asked.setlist(name, [CONTROL.sub(" ", value).strip() for value in values])
    return PUBLICATION_FILTERS[kind](asked, queryset=rows)


def filter_query(chosen: PublicationFilter) -> str:
    """The present filter as the end of an address; what no filter reads is left out."""
    asked = {
        name: value
        for name, value in chosen.data.items()  # of several values the one that counts
        if value and name in chosen.form.fields
    }
    return f"?{urlencode(asked)}" if asked else ""


class PublicationListView(NearestPage, PublicView, ListView[Publication]):
    """The public list of one kind, newest decision first."""

    template_name = "public/publicity/publication_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        self.filter = filtered(self.request, self.kwargs["kind"])
        self.kind = Publication.Kind(self.kwargs["kind"])
        # A filter that cannot be read shows its error and no rows: the whole list would be another answer.
        found = self.filter.qs if self.filter.is_valid() else self.filter.queryset.none()
        return found.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = filter_query(self.filter)
        addresses = {
            name: reverse(f"public:publicity:{name}", args=[self.kind.value]) + query
            for name in ("publication_csv", "publication_feed", "publication_subscribe")
        }
        return super().get_context_data(**kwargs) | {
            "kind": self.kind,
            "filter": self.filter,
            "breadcrumb": trail({"label": f"{self.kind.label}公示"}),
            "tab_items": [kind_tab(kind, self.kind) for kind in Publication.Kind],
            "csv_url": addresses["publication_csv"],
            "csv_cap": exports.MAX_ROWS,
            "feed_url": addresses["publication_feed"],
            "subscribe_url": addresses["publication_subscribe"],
            "with_amount": self.kind == Publication.Kind.PENALTY,
        }


class PublicationDetailView(PublicView):
    """One decision in national field order. What is no longer public answers 410 with a sentence."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if number := report_number(kwargs["public_id"]):
            return report_page(request, number)
        rows = Publication.objects.filter(public_id=kwargs["public_id"].lower())  # typed from paper
        shown = rows.public().select_related("authority", "entity").first()
        check = sheet_check(request, kwargs["public_id"].lower())
        if shown is None:
            if not rows.exists():
                raise Http404
            return gone(request, check)
        return render(
            request,
            "public/publicity/publication_detail.html",
            {
                "publication": shown,
                "fields": public_fields(shown),
                "period": ExplainedPeriod.from_json(shown.period_explained),
                "check": check,
                **on_paper(request, shown),
                "breadcrumb": trail(
                    {
                        "label": f"{shown.get_kind_display()}公示",
                        "url": reverse("public:publicity:publication_list", args=[shown.kind]),
                    },
                    {"label": shown.document_number},
                ),
            },
        )


def check_address(request: HttpRequest, publication: Publication) -> str:
    """The whole address of the page that says what a sheet of this version is worth."""
    page = reverse("public:publicity:publication", args=[publication.public_id])
    return f"{public_url(request, page)}?{sheet_query(publication)}"


def on_paper(request: HttpRequest, publication: Publication) -> dict[str, str]:
    """What the page bears when it is printed from the browser, as the sheet does."""
    picture = reverse("public:publicity:publication_qr", args=[publication.public_id])
    return {
        "check_qr": f"{picture}?of=sheet",
        "check_url": check_address(request, publication),
        "check_words": f"编号 {sheet_number(publication)}。扫码核验真伪和时效：",
    }


def gone(request: HttpRequest, check: SheetCheck | None = None) -> HttpResponse:
    """The page of what was public once; it tells nothing of the content."""
    context = {"check": check, "breadcrumb": trail({"label": "已停止公示"})}
    return render(request, "public/publicity/publication_gone.html", context, status=410)


def report_page(request: HttpRequest, number: str) -> HttpResponse:
    """What the sheet of a firm's report is worth. Without its code the page says the same for any number."""
    code = request.GET.get("d", "").strip()
    context = {
        "number": number,
        "form": SheetCodeForm(initial={"d": CONTROL.sub("", code)[:LONGEST_CODE]}),
        "check": check_report(number, code) if code else None,
        "breadcrumb": trail(
            {"label": "核对打印件", "url": reverse("public:article", args=["check-a-sheet"])},
            {"label": "信用报告"},
        ),
    }
    return render(request, "public/publicity/report_check.html", context)


def sheet_check(request: HttpRequest, public_id: str) -> SheetCheck | None:
    """What a scanned sheet is worth; nothing when the visitor did not come from a sheet."""
    version, digest = request.GET.get("v", ""), request.GET.get("d", "")
    if not version and not digest:
        return None
    return check_sheet(public_id, version, digest)


def public_fields(publication: Publication) -> list[dict[str, str]]:
    """The frozen fields as the page shows them; the party leads to its own page."""
    address = reverse("public:entity", args=[publication.entity.code]) if publication.entity else ""
    return [
        {
            "label": plain_label(field["label"]),
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
