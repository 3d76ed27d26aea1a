"""On which lists a firm stands today. Apps that keep such lists register a source when they are loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from .models import MarketEntity


@dataclass(frozen=True)
class Listing:
    """One entry that is public now. `url` leads to the public page of the entry; `ends_on` None: no fixed end."""

    list_name: str
    organ: str
    listed_on: dt.date
    ends_on: dt.date | None
    reason: str
    url: str


Source = Callable[[MarketEntity], list[Listing]]
_sources: list[Source] = []


def register_listings(source: Source) -> None:
    """The source answers the entries of one firm that everyone may read, and asks the same number of questions
    for any number of entries."""
    if source not in _sources:
        _sources.append(source)


def listings_of(entity: MarketEntity) -> list[Listing]:
    """All entries of all lists, the newest first."""
    found = [listing for source in _sources for listing in source(entity)]
    return sorted(found, key=lambda listing: listing.listed_on, reverse=True)
