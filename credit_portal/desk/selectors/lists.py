"""Saved queries and chosen columns of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from ..models import SavedQuery, TableColumns

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

MOST_PARTS = 50  # of an address that somebody typed


@dataclass(frozen=True)
class Chip:
    """A saved query above its list. `active` when the list shows just this."""

    pk: int
    name: str
    query: str
    active: bool


def chips(user: User, page: str, query: str) -> list[Chip]:
    """The person's saved queries of this page; `query` is the present one."""
    here = sorted(parts_of(query))
    return [
        Chip(row.pk, row.name, row.query, sorted(parts_of(row.query)) == here)
        for row in SavedQuery.objects.visible_to(user).of_page(page)
    ]


def tidy(query: str) -> str:
    """A query string without page number and empty conditions: what is worth keeping."""
    return urlencode(parts_of(query))


def parts_of(query: str) -> list[tuple[str, str]]:
    pairs = parse_qsl(query[:5000].removeprefix("?"), errors="ignore")[:MOST_PARTS]
    return [(key, value.replace("\x00", "")) for key, value in pairs if key != "page"]


def columns_of(user: User, page: str) -> tuple[str, ...]:
    """Keys of the chosen columns; none when the person has not chosen."""
    row = TableColumns.objects.visible_to(user).filter(page=page).first()
    return tuple(row.columns) if row else ()
