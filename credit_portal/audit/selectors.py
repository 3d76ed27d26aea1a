"""Reading the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from . import presenters
from .models import AuditEvent


@dataclass(frozen=True)
class TimelineEntry:
    """`changes` as the app that wrote it keeps them; it alone can put them into words."""

    at: dt.datetime
    who: str
    role: str
    what: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)


def timeline(subject: Model) -> list[TimelineEntry]:
    """What happened to one object, oldest first."""
    events = AuditEvent.objects.about(subject).order_by("id")
    return [
        TimelineEntry(
            e.at, e.actor_name, e.actor_role, presenters.words_for(e.action), e.reason, e.changes
        )
        for e in events
    ]
