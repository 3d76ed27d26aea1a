"""The tiles on the first page of a firm's desk. Each app registers its own when it is loaded, as with the menus.

A tile without a page is shown as text: what it will do and how to get it done today. An app that brings the page
registers the same key again, and its tile takes the place of the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import FirmAct


@dataclass(frozen=True)
class Tile:
    """`url_name` takes the firm's code when `of_firm`. `count` is what waits for this person at this firm."""

    key: str
    label: str
    note: str
    icon: str
    url_name: str = ""
    of_firm: bool = True
    act: FirmAct = FirmAct.VIEW
    order: int = 100
    count: Callable[[User, str], int] | None = None
    unit: str = "件待办"


@dataclass(frozen=True)
class ShownTile:
    label: str
    note: str
    icon: str
    url: str
    count: int
    unit: str


_tiles: dict[str, Tile] = {}


def register_tile(*tiles: Tile) -> None:
    """A tile with a page replaces one without, in whichever order the apps are loaded."""
    for tile in tiles:
        known = _tiles.get(tile.key)
        if known is None or tile.url_name or not known.url_name:
            _tiles[tile.key] = tile


def tiles_for(user: User, code: str) -> list[ShownTile]:
    """What this person may do at the desk of this firm, in order."""
    acts = policy.firm_acts(user, code)
    shown = sorted(_tiles.values(), key=lambda tile: tile.order)
    return [
        ShownTile(
            label=tile.label,
            note=tile.note,
            icon=tile.icon,
            url=_url(tile, code),
            count=tile.count(user, code) if tile.count else 0,
            unit=tile.unit,
        )
        for tile in shown
        if tile.act in acts
    ]


def _url(tile: Tile, code: str) -> str:
    """Nothing for a tile without a page, or whose page is not mounted in this installation."""
    try:
        return reverse(tile.url_name, args=[code] if tile.of_firm else []) if tile.url_name else ""
    except NoReverseMatch:
        return ""
