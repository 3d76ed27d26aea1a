"""What a new form can take over from the record that a clerk entered before."""

from __future__ import annotations

from typing import Any

from credit_portal.accounts.models import User

from ..fields import SUBJECT_FIELDS, FieldKind, fields_for
from ..models import DECISION_MODELS, Decision

# Each decision has its own; what they are about is never taken over.
OWN = frozenset({"document_number", "certificate_number", "licence_note", "remarks"})


def last_entered(user: User, kind: str) -> Decision | None:
    rows = DECISION_MODELS[kind].objects.visible_to(user).filter(created_by=user)
    return rows.order_by("-pk").first()


def reusable(decision: Decision) -> dict[str, Any]:
    """Field → value without the party, number and days, and without any text that names the party."""
    values = {
        field.name: getattr(decision, field.name)
        for field in fields_for(decision.KIND)
        if field.name not in OWN | SUBJECT_FIELDS and field.kind is not FieldKind.DATE
    }
    return {name: value for name, value in values.items() if decision.party_name not in str(value)}
