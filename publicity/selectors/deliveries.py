"""Delivery states with their counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from credit_portal.accounts.models import User
from credit_portal.outbox.models import OutboxMessage


@dataclass(frozen=True)
class StateCount:
    state: str
    label: str
    count: int


def state_counts(user: User) -> list[StateCount]:
    """Messages of the person's departments by state, in the order of urgency."""
    rows = OutboxMessage.objects.visible_to(user).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    order = ["rejected", "dead", "pending", "accepted", "superseded"]
    return [
        StateCount(state, OutboxMessage.State(state).label, found.get(state, 0)) for state in order
    ]
