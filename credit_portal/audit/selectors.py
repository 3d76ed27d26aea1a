"""Reading the trail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model

from . import presenters
from .models import AuditEvent


@dataclass(frozen=True)
class TimelineEntry:
    at: dt.datetime
    who: str
    role: str
    what: str
    reason: str


def timeline(subject: Model) -> list[TimelineEntry]:
    """What happened to one object, oldest first."""
    events = AuditEvent.objects.about(subject).order_by("id")
    return [
        TimelineEntry(e.at, e.actor_name, e.actor_role, presenters.words_for(e.action), e.reason)
        for e in events
    ]
