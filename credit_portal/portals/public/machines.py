"""Pages for machines: robots.txt, the site map, the icon. Only what is public now stands in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse

from credit_portal.web.addresses import public_url
from credit_portal.web.gates import PublicView
from publicity.models import Publication
from records.models import MarketEntity

from .articles import ARTICLES, Article

PER_FILE = 5_000  # addresses


class PageSitemap(Sitemap):  # type: ignore[type-arg]
    """The pages that are always there."""

    def items(self) -> list[str]:
        lists = [
            reverse("public:publicity:publication_list", args=[kind]) for kind in Publication.Kind
        ]
        data = reverse("public:publicity:open_data")
        return [reverse("public:home"), *lists, reverse("public:articles"), data]

    def location(self, item: Any) -> str:
        return str(item)


class ArticleSitemap(Sitemap):  # type: ignore[type-arg]
    def items(self) -> tuple[Article, ...]:
        return ARTICLES

    def location(self, item: Any) -> str:
        return reverse("public:article", args=[item.slug])

    def lastmod(self, item: Article) -> dt.date:
        return item.revised_on


class PublicationSitemap(Sitemap):  # type: ignore[type-arg]
    limit = PER_FILE

    def items(self) -> Any:
        return Publication.objects.public().only("public_id", "published_at").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("public:publicity:publication", args=[item.public_id])

    def lastmod(self, item: Publication) -> dt.datetime:
        return item.published_at

    def get_latest_lastmod(self) -> dt.datetime | None:
        """Django's own would load every row to find it."""
        latest: dt.datetime | None = self.items().aggregate(latest=Max("published_at"))["latest"]
        return latest


class EntitySitemap(Sitemap):  # type: ignore[type-arg]
    """Firms with something to show; the whole registry is no business of a search engine."""

    limit = PER_FILE

    def items(self) -> Any:
        shown = Publication.objects.public().filter(entity__isnull=False).values("entity")
        return MarketEntity.objects.filter(pk__in=shown).only("code").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("public:entity", args=[item.code])


SITEMAPS: dict[str, Any] = {
    "pages": PageSitemap,
    "articles": ArticleSitemap,
    "decisions": PublicationSitemap,
    "entities": EntitySitemap,
}


class SitemapIndexView(PublicView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return sitemap_views.index(request, SITEMAPS, sitemap_url_name="public:sitemap")


class SitemapView(PublicView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return sitemap_views.sitemap(request, SITEMAPS, section=kwargs["section"])


ROBOTS = """\
User-agent: *
Disallow: /staff/
Disallow: /enterprise/
Disallow: /sign-in/
Disallow: /search/
Disallow: /*.csv
Disallow: /*.pdf

Sitemap: {sitemap}
"""


class RobotsView(PublicView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = ROBOTS.format(sitemap=public_url(request, reverse("public:sitemap_index")))
        return HttpResponse(text, content_type="text/plain; charset=utf-8")


class FaviconView(PublicView):
    """Browsers that know no SVG icon ask for this address."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(static("img/favicon.ico"))
