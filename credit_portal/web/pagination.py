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


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Any:
    """The page that `?page=` asks for."""
    return SafePaginator(rows, size).page(request.GET.get("page", 1))
