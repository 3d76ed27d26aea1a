"""Both sides compared: what we know the receiver accepted, and what it says it holds.

The receiver lists its records in the order of the hash of their names, so that each page is compared with the same
stretch of ours and memory stays flat. What moves meanwhile is left for the next night.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from credit_portal.accounts.models import Department

from ..exceptions import ComparisonFailed
from ..models import Comparison, Difference, OutboxMessage
from ..municipal import ways
from ..municipal.transport import Holding, ListingFailed, Transport

Kind = Difference.Kind
AT_ONCE = 1000
FACTS = ("kind", "message_id", "our_sequence", "our_digest", "their_sequence", "their_digest")


@dataclass(frozen=True)
class Ours:
    """The newest version of a record that the receiver has accepted."""

    pk: int
    sequence: int
    digest: str
    department_code: str


def compare(*, transport: Transport | None = None) -> Comparison | None:
    """One comparison, or none where the way has no list (workbooks)."""
    way = transport or ways.from_settings()
    if way is None:
        return None
    run = Comparison(began_at=timezone.now(), ours=0, theirs=0)
    try:
        found = list(differing(way, run))
    except ListingFailed as failed:
        raise ComparisonFailed(f"{failed}，本次没有对账。") from failed
    finally:
        if way is not transport:
            way.close()
    store(run, found, moving({row.stream for row in found} | open_streams(), run.began_at))
    return run


def differing(way: Transport, run: Comparison) -> Iterator[Difference]:
    """Differences, not yet stored, stretch by stretch."""
    after = ""
    while True:
        page = way.holdings(after)
        theirs = in_stretch(page.holdings, after, page.cursor)
        rows = OutboxMessage.objects.last_accepted().between(after, page.cursor)
        names = ("stream", "pk", "sequence", "digest", "department_code")
        ours = {row[0]: Ours(*row[1:]) for row in rows.values_list(*names)}
        run.ours += len(ours)
        run.theirs += len(theirs)
        for stream in sorted(ours.keys() | theirs.keys()):
            if found := difference(stream, ours.get(stream), theirs.get(stream)):
                yield found
        if not page.cursor:
            return
        after = page.cursor


def in_stretch(holdings: Sequence[Holding], after: str, until: str) -> dict[str, Holding]:
    """By record. A list out of order, or without an end, would make everything look missing."""
    if until and until <= after:
        raise ListingFailed("市平台的清单没有向后翻页")
    for held in holdings:
        place = hashlib.sha256(held.stream.encode()).hexdigest()
        if place <= after or (until and place > until):
            raise ListingFailed("市平台的清单没有按顺序给出")
    return {held.stream: held for held in holdings}


def difference(stream: str, ours: Ours | None, theirs: Holding | None) -> Difference | None:
    if ours and theirs and (ours.sequence, ours.digest) == (theirs.sequence, theirs.digest):
        return None
    kind = Kind.OTHER if ours and theirs else Kind.MISSING if ours else Kind.EXTRA
    department = ours.department_code if ours else theirs.department_code if theirs else ""
    return Difference(
        kind=kind,
        stream=stream,
        department_code=department,
        message_id=ours.pk if ours else None,
        our_sequence=ours.sequence if ours else None,
        our_digest=ours.digest if ours else "",
        their_sequence=theirs.sequence if theirs else None,
        their_digest=theirs.digest if theirs else "",
    )


def open_streams() -> set[str]:
    return set(Difference.objects.open().values_list("stream", flat=True))


def moving(streams: set[str], since: dt.datetime) -> set[str]:
    """Of these records, those on their way now or settled while we compared."""
    found: set[str] = set()
    names = sorted(streams)
    for start in range(0, len(names), AT_ONCE):
        rows = OutboxMessage.objects.filter(stream__in=names[start : start + AT_ONCE])
        now = rows.filter(Q(state__in=("pending", "handed")) | Q(settled_at__gte=since))
        found.update(now.values_list("stream", flat=True))
    return found


@transaction.atomic
def store(run: Comparison, found: Sequence[Difference], still: set[str]) -> None:
    """Open what is new, refresh what is known, close what agrees again. Doing it twice changes nothing more."""
    rows = [row for row in found if row.stream not in still]
    known = {row.stream: row for row in Difference.objects.open().select_for_update()}
    noted = {facts_of(row): row for row in Difference.objects.noted()}
    own_departments = set(Department.objects.values_list("uscc", flat=True))
    fresh, seen = [], []
    for row in rows:
        row.first_seen_at = row.last_seen_at = run.began_at
        row.department_code = owner(row.department_code, own_departments)
        earlier = known.get(row.stream) or noted.get(facts_of(row))
        if earlier is None:
            fresh.append(row)
            continue
        for name in FACTS:
            setattr(earlier, name, getattr(row, name))
        earlier.last_seen_at = run.began_at
        seen.append(earlier)
    Difference.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    Difference.objects.bulk_update(seen, [*FACTS, "last_seen_at"], batch_size=AT_ONCE)
    gone = known.keys() - {row.stream for row in rows} - still
    Difference.objects.open().filter(stream__in=gone).update(
        state=Difference.State.GONE, settled_at=timezone.now()
    )
    run.found, run.fresh, run.ended_at = len(rows), len(fresh), timezone.now()
    run.save()


def facts_of(row: Difference) -> tuple[str, str, str]:
    return row.stream, row.our_digest, row.their_digest


def owner(code: str, known: set[str]) -> str:
    """Whose it is to look at; what belongs to no department of ours is the committee office's."""
    if code in known:
        return code
    office = Department.objects.filter(is_committee_office=True).values_list("uscc", flat=True)
    return office.first() or code
