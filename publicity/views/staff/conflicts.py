"""Two people and one decision: where their texts differ, and which of them was chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credit_portal.accounts.models import User

from ...fields import fields_for
from ...intake.categories import understood
from ...models import Decision
from ...selectors.history import last_saved
from .presenters import as_typed

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class ConflictRow:
    """One field that differs. `choice` is mine, theirs, or "" when nothing was chosen yet."""

    name: str
    label: str
    mine: str
    theirs: str
    choice: str


@dataclass(frozen=True)
class Conflict:
    rows: list[ConflictRow]
    who: str
    at: dt.datetime
    own: bool  # the same person, in another window


def find_conflict(
    other: Decision, typed: Mapping[str, str], sent: Mapping[str, str], *, by: User
) -> Conflict:
    """The stored text beside the typed one, field by field where they differ."""
    saved = last_saved(other)
    rows = [
        ConflictRow(
            field.name,
            field.plain,
            typed[field.name],
            stored,
            choices([field.name], sent)[field.name],
        )
        for field in fields_for(other.KIND)
        for stored in [as_typed(getattr(other, field.name))]
        if not same(field.name, typed[field.name], stored)
    ]
    who, at = (saved.actor_name, saved.at) if saved else ("他人", other.updated_at)
    return Conflict(rows, who, at, own=saved is not None and saved.actor_id == by.pk)


def choices(names: Iterable[str], sent: Mapping[str, str]) -> dict[str, str]:
    """field → mine, theirs or ""."""
    given = {name: sent.get(f"take_{name}", "") for name in names}
    return {name: choice if choice in (MINE, THEIRS) else "" for name, choice in given.items()}


def same(name: str, mine: str, theirs: str) -> bool:
    """Whether two texts of a field say the same; categories may be parted by other signs."""
    if name == "penalty_category":
        return set(understood(mine).parts) == set(understood(theirs).parts)
    return mine == theirs
