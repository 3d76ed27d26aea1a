"""Reads that answer with plain objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .codes import normalise_code
from .models import KnownCode, MarketEntity
from .names import search_form


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """What the registry says about a code. `names` are the search forms of present and former names."""

    entity_id: int
    names: frozenset[str]
    status: str


@dataclass(frozen=True, slots=True)
class RegistryIndex:
    """The registry for a set of codes, in memory: for the check of a whole batch."""

    entries: Mapping[str, RegistryEntry]
    known_codes: frozenset[str]

    def get(self, code: str) -> RegistryEntry | None:
        return self.entries.get(code)

    def bears(self, code: str, name: str) -> bool:
        """Whether the entity with this code bears or bore this name."""
        entry = self.entries.get(code)
        return entry is not None and search_form(name) in entry.names


def registry_index(codes: Iterable[str]) -> RegistryIndex:
    """One query for the entities, however many codes, and one for the known codes."""
    wanted = sorted({normalise_code(code) for code in codes})
    rows = MarketEntity.objects.by_codes(wanted).order_by()
    entries = {
        code: RegistryEntry(pk, frozenset(names.split("\n")), status)
        for code, pk, names, status in rows.values_list("code", "pk", "search_text", "status")
    }
    return RegistryIndex(entries, known_codes())


def known_codes() -> frozenset[str]:
    """Registered codes that fail the arithmetic."""
    return frozenset(KnownCode.objects.values_list("code", flat=True))
