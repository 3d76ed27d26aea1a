"""What anyone may read: the home page, the search, one firm, the articles. Facts come from frozen publications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import ListView, TemplateView

from credit_portal.web import navigation
from credit_portal.web.gates import PublicView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage
from publicity.models import Publication
from publicity.selectors.public import DayFigures, day_figures, public_counts
from records import selectors as records
from records.codes import normalise_code
from records.listings import listings_of
from records.models import MarketEntity
from records.names import search_form
from records.search import CappedPaginator

from .articles import ARTICLES, article
from .searching import Search, home_scopes

NEWEST = 6
FIRST_FEW = 5  # of each kind where everything was searched


class HomeView(PublicView, TemplateView):
    """One search box, today's figures, the newest permits and penalties, the doors to the rest."""

    template_name = "public/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = day_figures()
        newest = Publication.objects.public().for_table()
        return super().get_context_data(**kwargs) | {
            "scopes": home_scopes(self.request.GET.get("scope", "")),
            "figures": figures,
            "cards": figure_cards(figures),
            "newest_permits": newest.filter(kind="permit")[:NEWEST],
            "newest_penalties": newest.filter(kind="penalty")[:NEWEST],
            "doors": navigation.entrances(),
        }


def figure_cards(figures: DayFigures) -> list[dict[str, Any]]:
    """Each number and the list of exactly its rows."""
    today = {"published_on": figures.day.isoformat()}
    cards: tuple[tuple[str, int, str, dict[str, str]], ...] = (
        ("公示中的行政许可", figures.permits, "permit", {}),
        ("公示中的行政处罚", figures.penalties, "penalty", {}),
        ("今天新公示的许可", figures.new_permits, "permit", today),
        ("今天新公示的处罚", figures.new_penalties, "penalty", today),
    )
    return [
        {"label": label, "n": count, "url": list_url(kind, query)}
        for label, count, kind, query in cards
    ]


def list_url(kind: str, query: dict[str, str]) -> str:
    address = reverse("public:publicity:publication_list", args=[kind])
    return f"{address}?{urlencode(query)}" if query else address


class SearchView(PublicView, TemplateView):
    """Decisions, firms and articles. A whole code goes straight to its firm, unless decisions are asked for."""

    template_name = "public/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get
        self.search = Search.read(asked("q", ""), asked("scope", ""), asked("kind", ""))
        if sheet := self.search.sheet():
            return redirect(sheet)
        if self.search.scope in ("", "entities"):
            entity = self.search.entity()
            if entity is not None:
                return redirect("public:entity", entity.code)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.search
        context = super().get_context_data(**kwargs) | {
            "search": search,
            "search_text": search.shown,
            "breadcrumb": trail("查询结果"),
        }
        if not search.is_enough:
            return context
        return context | {"tab_items": search.tabs()} | self.results()

    def results(self) -> dict[str, Any]:
        """The rows of the tab, or the first few of each kind."""
        search = self.search
        if search.scope == "articles":
            return {"articles": search.articles}
        if search.scope == "decisions":
            page = self.page_of(search.shown_decisions)
            found = {"decisions": page.object_list, "page_obj": page, "kinds": search.kinds()}
            # Somebody who asks for a firm without decisions shall see that the firm was understood.
            return found if page.object_list else found | {"firms": self.first_firms()}
        if search.scope == "entities":
            page = self.page_of(search.entities)
            return {"firms": with_counts(page.object_list, search.text), "page_obj": page}
        return {
            "firms": self.first_firms(),
            "decisions": search.decisions[:FIRST_FEW],
            "kinds": search.kinds(),
            "articles": search.articles[:FIRST_FEW],
        }

    def first_firms(self) -> list[tuple[Any, ...]]:
        return with_counts(self.search.entities[:FIRST_FEW], self.search.text)

    def page_of(self, rows: Any) -> Any:
        return CappedPaginator(rows, PAGE_SIZE).page(self.request.GET.get("page", 1))


def with_counts(rows: Iterable[MarketEntity], text: str) -> list[tuple[Any, ...]]:
    """Each firm with its number of public decisions and the former names that were meant."""
    firms = list(rows)
    counts = public_counts([firm.pk for firm in firms])
    return [(firm, counts.get(firm.pk, 0), matching_former_names(firm, text)) for firm in firms]


class EntityView(NearestPage, PublicView, ListView[Publication]):
    """One firm and everything about it that is public now."""

    template_name = "public/entity.html"
    paginate_by = PAGE_SIZE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Each firm has one address; a code typed into it in another way is led there."""
        code = normalise_code(kwargs["code"])
        self.entity = get_object_or_404(MarketEntity, code=code)
        if code != kwargs["code"]:
            return redirect("public:entity", code, permanent=True)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        self.all = Publication.objects.public().filter(entity=self.entity).for_table()
        kind = self.request.GET.get("kind", "")
        self.kind = kind if kind in Publication.Kind.values else ""
        return self.all.filter(kind=self.kind) if self.kind else self.all

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = {kind: self.all.filter(kind=kind).count() for kind in Publication.Kind}
        return super().get_context_data(**kwargs) | {
            "entity": self.entity,
            "listings": listings_of(self.entity),
            "facts": registry_facts(self.entity),
            "total": sum(counts.values()),
            "breadcrumb": trail(self.entity.name),
            "tab_items": [
                tab("全部", "", sum(counts.values()), self.kind),
                *(tab(kind.label, kind.value, count, self.kind) for kind, count in counts.items()),
            ],
        }


class ArticleListView(PublicView, TemplateView):
    template_name = "public/articles/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"articles": ARTICLES, "breadcrumb": trail("站内文章")}
        return super().get_context_data(**kwargs) | context


class ArticleView(PublicView, TemplateView):
    template_name = "public/articles/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = article(kwargs["slug"])
        if shown is None:
            raise Http404
        home, here = trail(shown.title)
        parent = {"label": "站内文章", "url": reverse("public:articles")}
        return super().get_context_data(**kwargs) | {
            "article": shown,
            "others": [one for one in ARTICLES if one != shown],
            "breadcrumb": [home, parent, here],
        }


def trail(*labels: str) -> list[dict[str, str]]:
    """The breadcrumb from the home page to this one."""
    return [{"label": "首页", "url": "/"}, *({"label": label, "url": ""} for label in labels)]


def tab(label: str, kind: str, count: int, current: str) -> dict[str, Any]:
    url = f"?kind={kind}" if kind else "?"
    return {"label": label, "url": url, "count": count, "active": kind == current}


def registry_facts(entity: MarketEntity) -> list[dict[str, str]]:
    """What the registry says of the firm, as far as it is public."""
    names = "、".join(
        f"{former.name}（至 {former.until:%Y-%m-%d}）" if former.until else former.name
        for former in entity.former_names.all()
    )
    return records.registry_facts(entity, names)


def matching_former_names(firm: MarketEntity, query: str) -> list[str]:
    """Why the firm was found, when its present name does not say it."""
    fragment = search_form(query)
    if fragment in search_form(firm.name):
        return []
    return [row.name for row in firm.former_names.all() if fragment in row.search_name]
