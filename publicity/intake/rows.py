"""What the rules work on: a block of cleaned rows, and what is remembered from block to block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from records.names import search_form
from records.selectors import RegistryEntry

from ..fields import fields_for
from .context import CheckContext
from .problems import Finding, problem


@dataclass(slots=True)
class Rows:
    """One block, cleaned: columns of text ("" is empty) by model field, and what is wrong in each row."""

    kind: str
    columns: dict[str, list[str]]
    titles: dict[str, str]  # model field → heading in the sheet
    sheet_rows: list[int]
    refused_codes: frozenset[str] | set[str] = frozenset()
    problems: dict[int, list[Finding]] = field(default_factory=dict)
    blamed: set[tuple[int, str]] = field(default_factory=set)
    verified: set[int] = field(default_factory=set)  # the registry vouches for name and code

    def __len__(self) -> int:
        return len(self.sheet_rows)

    def report(self, index: int, code: str, name: str, /, **facts: str) -> None:
        found = problem(code, name, self.title(name), **facts)
        self.problems.setdefault(index, []).append(found)
        if found["severity"] != "warn":
            self.blamed.add((index, name))

    def title(self, name: str) -> str:
        if name not in self.titles:
            self.titles.update(
                {
                    row.name: row.label
                    for row in fields_for(self.kind)
                    if row.name not in self.titles
                }
            )
        return self.titles[name]

    def empty(self, name: str) -> Iterator[int]:
        """Rows where this field is empty and nobody has said yet why."""
        column = self.columns[name]
        if "" in column:
            yield from (
                i for i, value in enumerate(column) if not value and (i, name) not in self.blamed
            )

    def filled(self, name: str) -> Iterator[tuple[int, str]]:
        column = self.columns[name]
        return ((i, value) for i, value in enumerate(column) if value) if any(column) else iter(())


@dataclass(slots=True)
class Memory:
    """What is remembered from block to block of one workbook."""

    context: CheckContext
    subjects: dict[str, RegistryEntry | None] = field(default_factory=dict)
    search_forms: dict[str, str] = field(default_factory=dict)
    organs: dict[tuple[str, str], str] = field(default_factory=dict)
    seen: dict[str, dict[str, int]] = field(default_factory=dict)  # document → day → row

    def search_form(self, name: str) -> str:
        if name not in self.search_forms:
            self.search_forms[name] = search_form(name)
        return self.search_forms[name]

    def find_subjects(self, codes: set[str]) -> None:
        unseen = codes - self.subjects.keys()
        if unseen:
            index = self.context.registry(unseen)
            self.subjects.update({code: index.get(code) for code in unseen})

    def why_unknown(self, name: str, code: str) -> str:
        if (name, code) not in self.organs:
            self.organs[name, code] = self.context.why_unknown(name, code)
        return self.organs[name, code]
