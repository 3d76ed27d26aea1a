"""Pages of 20. A page number that cannot be is answered with the nearest page that can."""

from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import HttpRequest

PAGE_SIZE = 20


class SafePaginator(Paginator[Any]):
    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return 1 if int(number) < 1 else self.num_pages


class NearestPage:
    """For list views: any page number is answered with the nearest page there is."""

    request: HttpRequest
    paginator_class: type[Paginator[Any]] = SafePaginator

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Any, Any, Any, bool]:
        paginator = self.paginator_class(queryset, page_size)
        page = paginator.page(self.request.GET.get("page", 1))
        return paginator, page, page.object_list, page.has_other_pages()


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Any:
    """The page that `?page=` asks for."""
    return SafePaginator(rows, size).page(request.GET.get("page", 1))
