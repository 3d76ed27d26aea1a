"""What anyone may read: the home page, the search, one firm. Facts come from frozen publications."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView, TemplateView

from credit_portal.web.gates import PublicView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage
from publicity.models import Publication
from publicity.selectors.public import day_figures, public_counts
from records.codes import check_code, normalise_code
from records.models import MarketEntity
from records.names import search_form
from records.search import MIN_FRAGMENT, CappedPaginator

MAX_QUERY = 100  # characters


class HomeView(PublicView, TemplateView):
    """One search box, today's figures, the newest permits and penalties."""

    template_name = "public/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = day_figures()
        newest = Publication.objects.public().for_table()
        return super().get_context_data(**kwargs) | {
            "figures": figures,
            "newest_permits": newest.filter(kind="permit")[:6],
            "newest_penalties": newest.filter(kind="penalty")[:6],
        }


class SearchView(NearestPage, PublicView, ListView[MarketEntity]):
    """Firms by code or by two characters of their name; a full code goes straight to its firm."""

    template_name = "public/search.html"
    paginate_by = PAGE_SIZE
    paginator_class = CappedPaginator

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.query = request.GET.get("q", "").strip()[:MAX_QUERY]
        self.verdict = check_code(self.query)
        if self.verdict.valid:
            entity = MarketEntity.objects.by_code(self.verdict.normalised).first()
            if entity is not None:
                return redirect("public:entity", entity.code)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        found = MarketEntity.objects.search(self.query)
        return found.for_table().prefetch_related("former_names")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        firms = list(context["page_obj"])
        counts = public_counts([firm.pk for firm in firms])
        return context | {
            "query": self.query,
            "search_text": self.query,
            "breadcrumb": trail("查询结果"),
            "looks_like_code": looks_like_code(self.verdict.normalised),
            "verdict": self.verdict,
            "enough": len(search_form(self.query)) >= MIN_FRAGMENT,
            "firms": [
                (firm, counts.get(firm.pk, 0), matching_former_names(firm, self.query))
                for firm in firms
            ],
            "documents": Publication.objects.public().with_document_number(self.query)[:20],
        }


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
            "facts": registry_facts(self.entity),
            "breadcrumb": trail(self.entity.name),
            "tab_items": [
                tab("全部", "", sum(counts.values()), self.kind),
                *(tab(kind.label, kind.value, count, self.kind) for kind, count in counts.items()),
            ],
        }


def trail(*labels: str) -> list[dict[str, str]]:
    """The breadcrumb from the home page to this one."""
    return [{"label": "首页", "url": "/"}, *({"label": label, "url": ""} for label in labels)]


def tab(label: str, kind: str, count: int, current: str) -> dict[str, Any]:
    url = f"?kind={kind}" if kind else "?"
    return {"label": label, "url": url, "count": count, "active": kind == current}


def registry_facts(entity: MarketEntity) -> list[dict[str, str]]:
    """What the registry says of the firm, as far as it is public."""
    names = "、".join(entity.former_names.values_list("name", flat=True))
    rows = [
        ("统一社会信用代码", entity.code),
        ("登记状态", entity.status),
        ("法定代表人", entity.legal_representative),
        ("住所", entity.address),
        ("所属行业", entity.industry),
        ("成立日期", str(entity.established_on or "")),
        ("曾用名", names),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def matching_former_names(firm: MarketEntity, query: str) -> list[str]:
    """Why the firm was found, when its present name does not say it."""
    fragment = search_form(query)
    if fragment in search_form(firm.name):
        return []
    return [row.name for row in firm.former_names.all() if fragment in row.search_name]


def looks_like_code(text: str) -> bool:
    """Whether the visitor seems to mean a code, so that its fault is worth explaining."""
    return len(text) >= 15 and text.isascii() and text.isalnum()
