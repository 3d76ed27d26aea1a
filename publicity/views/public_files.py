"""Public lists and decisions as files: CSV, feed, printed sheet, QR code."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import segno
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import content_disposition_header

from credit_portal.documents.services import render_pdf
from credit_portal.web.addresses import public_url
from credit_portal.web.bounds import within_bounds
from credit_portal.web.gates import PublicView

from .. import sheets
from ..exports import publications_csv
from ..fields import apart_from
from ..models import Publication
from ..selectors.public import sheet_number
from .public import check_address, filter_query, filtered, gone, public_fields, trail

FEED_ROWS = 50


class PublicationCsvView(PublicView):
    """The list with its present filter. A filter that cannot be read leads to the list, which says why."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = kwargs["kind"]
        chosen = filtered(request, kind)
        if not chosen.is_valid():
            return to_list(request, kind)
        rows = chosen.qs.for_record().defer("period_explained", "digest")
        lines = publications_csv(rows, kind, partial(public_url, request))
        answer = StreamingHttpResponse(
            (line.encode() for line in lines), content_type="text/csv; charset=utf-8"
        )
        filename = f"{Publication.Kind(kind).label}公示-{timezone.localdate():%Y%m%d}.csv"
        answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
        return answer


class PublicationFeedView(PublicView):
    """The newest rows of the list with its present filter, as Atom."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = kwargs["kind"]
        chosen = filtered(request, kind)
        if not chosen.is_valid():
            return to_list(request, kind)
        rows = chosen.qs.for_table().order_by("-published_at", "-pk")[:FEED_ROWS]
        return PublicationFeed(request, Publication.Kind(kind), rows)(request)


class PublicationSubscribeView(PublicView):
    """How to follow the list with its present filter: browsers show a feed as code, people need words."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = filtered(request, kwargs["kind"])
        if not chosen.is_valid():
            return to_list(request, kwargs["kind"])
        kind = Publication.Kind(kwargs["kind"])
        query = filter_query(chosen)
        addresses = {
            name: reverse(f"public:publicity:{name}", args=[kind.value]) + query
            for name in ("publication_feed", "publication_list")
        }
        context = {
            "kind": kind,
            "rows": FEED_ROWS,
            "feed_url": addresses["publication_feed"],
            "feed_address": public_url(request, addresses["publication_feed"]),
            "list_url": addresses["publication_list"],
            "conditions": chosen.in_words(),
            "breadcrumb": trail(
                {"label": f"{kind.label}公示", "url": addresses["publication_list"]},
                {"label": "订阅"},
            ),
        }
        return render(request, "public/publicity/publication_subscribe.html", context)


class PublicationFeed(Feed):  # type: ignore[type-arg]
    """Newly public first. Names are as masked as on the page."""

    feed_type = Atom1Feed

    def __init__(self, request: HttpRequest, kind: Publication.Kind, rows: Any) -> None:
        self.whole = partial(public_url, request)
        self.kind = kind
        self.rows = rows
        address = reverse("public:publicity:publication_list", args=[kind.value])
        query = request.GET.urlencode()  # a feed of a filter is another feed
        self.link = self.whole(f"{address}?{query}" if query else address)
        self.feed_url = self.whole(request.get_full_path())
        self.title = f"{kind.label}公示{'（按条件筛选）' if query else ''}"
        self.subtitle = "新公示的决定。公示期满的信息不再保留在此。"

    def items(self) -> Any:
        return self.rows

    def item_title(self, item: Any) -> str:
        return "　".join((item.party_name, item.document_number, *item.amounts))

    def item_description(self, item: Publication) -> str:
        until = f"{item.ends_on:%Y-%m-%d}" if item.ends_on else "长期"
        categories = "、".join(apart_from(item.amounts, item.categories))
        said = [part for part in (categories, *item.amounts) if part] or [self.kind.label]
        return (
            f"{item.authority.name}于 {item.decided_on:%Y-%m-%d} 作出；"
            f"{'，'.join(said)}；公示期至 {until}。"
        )

    def item_link(self, item: Publication) -> str:
        return self.whole(reverse("public:publicity:publication", args=[item.public_id]))

    def item_guid(self, item: Publication) -> str:
        return f"{self.item_link(item)}#v{item.version}"

    def item_pubdate(self, item: Publication) -> Any:
        return item.published_at

    item_updateddate = item_pubdate


class PublicationSheetView(PublicView):
    """The decision as an official sheet. Its QR code leads to the page that says what the sheet is worth."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = Publication.objects.filter(public_id=kwargs["public_id"]).public()
        shown = row.select_related("authority", "entity").first()
        if shown is None:
            get_object_or_404(Publication.objects.current(), public_id=kwargs["public_id"])
            return gone(request)
        key = sheet_key(request, shown)
        pdf = sheets.kept.get(key)
        if pdf is None:
            made = make_sheet(request, shown)
            if isinstance(made, HttpResponse):
                return made
            pdf = made
            sheets.kept.put(key, pdf)
        answer = HttpResponse(pdf, content_type="application/pdf")
        filename = f"{shown.get_kind_display()}-{shown.document_number}.pdf"
        answer.headers["Content-Disposition"] = content_disposition_header(False, filename) or ""
        return answer


def sheet_key(request: HttpRequest, publication: Publication) -> tuple[object, ...]:
    """Everything that a sheet says but the time at which it was made."""
    organ = publication.authority
    contact = (organ.name, organ.public_phone, organ.public_address)
    return (check_address(request, publication), publication.digest, publication.ends_on, *contact)


def make_sheet(request: HttpRequest, publication: Publication) -> bytes | HttpResponse:
    """The sheet, or the page that asks for patience."""
    context = sheet_context(request, publication)
    return within_bounds(
        request,
        back=reverse("public:publicity:publication", args=[publication.public_id]),
        make=lambda: render_pdf("documents/publication.html", context),
    )


class PublicationQrView(PublicView):
    """The address of the page, to be scanned from a screen; `?of=sheet`: of the check of a printed page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = Publication.objects.public().filter(public_id=kwargs["public_id"]).first()
        if row is None:
            raise Http404
        for_sheet = request.GET.get("of") == "sheet"
        address = check_address(request, row) if for_sheet else page_address(request, row.public_id)
        code = segno.make_qr(address, error="m")
        drawn = io.BytesIO()
        code.save(drawn, kind="svg", border=4, scale=4, dark="#000", light="#fff")
        return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def to_list(request: HttpRequest, kind: str) -> HttpResponseRedirect:
    address = reverse("public:publicity:publication_list", args=[kind])
    return HttpResponseRedirect(f"{address}?{request.GET.urlencode()}")


def page_address(request: HttpRequest, public_id: str) -> str:
    return public_url(request, reverse("public:publicity:publication", args=[public_id]))


def sheet_context(request: HttpRequest, publication: Publication) -> dict[str, Any]:
    """For `documents/publication.html`; the contract stands at the top of that template."""
    address = page_address(request, publication.public_id)
    return {
        "title": f"{publication.get_kind_display()}公示信息",
        "site": settings.PORTAL_SITE,
        "sheet": {
            "number": sheet_number(publication),
            "generated_at": timezone.now(),
            "verify_url": check_address(request, publication),
        },
        "publication": publication,
        "fields": public_fields(publication),
        "address": address,
    }
