"""How the deliveries stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from .models import Circuit, DeliveryAttempt, Incident, OutboxMessage

State = OutboxMessage.State


@dataclass(frozen=True)
class Letter:
    """A message that was given up."""

    id: int
    stream: str
    sequence: int
    department_code: str
    attempts: int
    reason: str


@dataclass(frozen=True)
class OutboxStatus:
    """`blocked` are pending messages that wait behind an earlier version of their record."""

    counts: dict[str, int]
    blocked: int
    oldest_pending_at: dt.datetime | None
    oldest_pending_seconds: int | None
    dead_letters: tuple[Letter, ...]
    paused_until: dt.datetime | None
    incidents: int

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "blocked": self.blocked,
            "oldest_pending_at": iso(self.oldest_pending_at),
            "oldest_pending_seconds": self.oldest_pending_seconds,
            "dead_letters": [vars(letter) for letter in self.dead_letters],
            "paused_until": iso(self.paused_until),
            "incidents": self.incidents,
        }


@dataclass(frozen=True)
class Attempt:
    """One try, as a page shows it."""

    at: dt.datetime
    outcome: str
    label: str
    status: int | None
    duration_ms: int | None
    answer: str


def status(*, letters: int = 100) -> OutboxStatus:
    """Every state with its count, zero included; the dead letters at most so many, the oldest first."""
    now = timezone.now()
    rows = OutboxMessage.objects.order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    oldest = oldest_pending_at()
    return OutboxStatus(
        counts={state: found.get(state, 0) for state in State.values},
        blocked=rows.blocked().count(),
        oldest_pending_at=oldest,
        oldest_pending_seconds=None if oldest is None else round((now - oldest).total_seconds()),
        dead_letters=dead_letters(letters),
        paused_until=Circuit.objects.filter(open_until__gt=now).aggregate(at=Min("open_until"))[
            "at"
        ],
        incidents=Incident.objects.count(),
    )


@dataclass(frozen=True)
class Pause:
    """The circuit is open or half open: nothing or one trial message goes."""

    since: dt.datetime
    until: dt.datetime | None
    failures: int

    @property
    def words(self) -> str:
        return f"连续 {self.failures} 次未能送达，自 {clock_time(self.since)} 起暂停"

    @property
    def sentence(self) -> str:
        return f"{self.words}。系统会不时试送一条，恢复后自动补送，无需操作。"


def pause(now: dt.datetime) -> Pause | None:
    """Whether sending rests, and since when; nothing when it goes on."""
    row = Circuit.objects.filter(opened_at__isnull=False).first()
    if row is None or row.opened_at is None:
        return None
    until = row.open_until if row.open_until and row.open_until > now else None
    return Pause(row.opened_at, until, row.failures)


def clock_time(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


def last_accepted_at() -> dt.datetime | None:
    """When the platform last took something in."""
    accepted = OutboxMessage.objects.filter(state=State.ACCEPTED)
    return accepted.order_by("-settled_at").values_list("settled_at", flat=True).first()


def oldest_pending_at() -> dt.datetime | None:
    found: dt.datetime | None = OutboxMessage.objects.open().aggregate(at=Min("created_at"))["at"]
    return found


def dead_letters(at_most: int) -> tuple[Letter, ...]:
    names = ("id", "stream", "sequence", "department_code", "attempts", "reason")
    rows = OutboxMessage.objects.filter(state=State.DEAD).order_by("id")
    return tuple(Letter(*row) for row in rows.values_list(*names)[:at_most])


def attempts_of(message: OutboxMessage) -> list[Attempt]:
    """The tries of one message, the newest first."""
    return [
        Attempt(
            at=row.started_at,
            outcome=row.outcome,
            label=row.get_outcome_display(),
            status=row.status,
            duration_ms=row.duration_ms,
            answer=row.answer,
        )
        for row in DeliveryAttempt.objects.filter(message=message).order_by("-id")
    ]


def iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else timezone.localtime(moment).isoformat()
