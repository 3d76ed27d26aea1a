"""What a visitor reads: current publications, the figures of the day, what a printed sheet is worth."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q
from django.utils import timezone

from ..models import Publication


@dataclass(frozen=True)
class DayFigures:
    """Figures of the public home page. `new_…`: first public on `day`."""

    day: dt.date
    permits: int
    penalties: int
    new_permits: int
    new_penalties: int


def day_figures(today: dt.date | None = None) -> DayFigures:
    day = today or timezone.localdate()
    permit, penalty, new = Q(kind="permit"), Q(kind="penalty"), Q(starts_on=day)
    rows = Publication.objects.public(day).aggregate(
        permits=Count("pk", filter=permit),
        penalties=Count("pk", filter=penalty),
        new_permits=Count("pk", filter=permit & new),
        new_penalties=Count("pk", filter=penalty & new),
    )
    return DayFigures(day, **rows)


def public_counts(entity_ids: list[int]) -> dict[int, int]:
    """How many public decisions each of these firms has now."""
    rows = Publication.objects.public().filter(entity__in=entity_ids).order_by()
    return dict(rows.values_list("entity").annotate(count=Count("pk")))


class SheetVerdict(StrEnum):
    """What the portal says to somebody who scanned the code on a printed sheet."""

    CURRENT = "current"  # made here, and still what is public
    SUPERSEDED = "superseded"  # made here, a newer version is public
    ENDED = "ended"  # made here, nothing of it is public any more
    UNKNOWN = "unknown"  # not made here, or changed


DIGEST_START = 16  # hexadecimal digits of the digest that a sheet carries
SHORTEST_DIGEST = 12


@dataclass(frozen=True)
class SheetCheck:
    verdict: SheetVerdict
    version: int  # of the sheet; 0 when unknown
    by_number: bool = False  # only the number was given, which anybody can copy


def check_sheet(public_id: str, version: str, digest: str) -> SheetCheck:
    """Judge the version number and the beginning of the digest (as typed or scanned) that a sheet claims.

    Without a digest the number alone is judged: whether there is such a version, and whether it is the public one.
    """
    start = digest.strip().lower()
    unknown = SheetCheck(SheetVerdict.UNKNOWN, 0, by_number=not start)
    if start and not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_DIGEST},64}}", start):
        return unknown
    if not re.fullmatch(r"[0-9]{1,6}", version):
        return unknown
    rows = Publication.objects.filter(public_id=public_id)
    sheet = rows.filter(version=int(version), digest__startswith=start).first()
    if sheet is None:
        return unknown
    return SheetCheck(standing(rows.public().first(), sheet), sheet.version, by_number=not start)


def standing(public: Publication | None, sheet: Publication) -> SheetVerdict:
    """Of a version that was made here: whether it is what the public sees now."""
    if public is None:
        return SheetVerdict.ENDED
    return SheetVerdict.CURRENT if public.version == sheet.version else SheetVerdict.SUPERSEDED


def sheet_number(publication: Publication) -> str:
    """The number that a sheet bears: the public number and the version."""
    return f"{publication.public_id}-{publication.version}"


def sheet_query(publication: Publication) -> str:
    """The part of the address behind the question mark that a sheet's QR code carries."""
    return f"v={publication.version}&d={publication.digest[:DIGEST_START]}"
