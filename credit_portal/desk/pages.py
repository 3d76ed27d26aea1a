"""The lists on which people keep queries and columns. Each app registers its own when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class ListPage:
    """`key` is the URL name with its arguments; `columns` are the keys a person may choose from."""

    url_name: str
    arguments: tuple[str, ...] = ()
    columns: Callable[[], Sequence[str]] = tuple

    @property
    def key(self) -> str:
        return ":".join((self.url_name, *self.arguments))

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.arguments)


_pages: dict[str, ListPage] = {}


def register(*pages: ListPage) -> None:
    _pages.update({page.key: page for page in pages})


def page_of(key: str) -> ListPage | None:
    return _pages.get(key)
