"""The components and their states, as they stand in the template folders.

`templates/gallery/<component>.html` holds the states of one component, each under a line `{# its name #}`; what follows
is the markup that a page would write. `templates/components/<component>.html` begins with the contract.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

COMPONENTS = Path(settings.BASE_DIR, "templates", "components")
GALLERY = Path(settings.BASE_DIR, "templates", "gallery")
HEADING = re.compile(r"^\{# (.+?) #\}\n", re.MULTILINE)
CONTRACT = re.compile(r"\{% comment %\}\n(.*?)\{% endcomment %\}", re.DOTALL)


@dataclass(frozen=True)
class State:
    """One way a component can look: its name and the markup that makes it."""

    name: str
    source: str


@dataclass(frozen=True)
class Component:
    """A component by its file name, the contract at its top, and its states in order."""

    name: str
    contract: str
    states: tuple[State, ...]


@cache
def components() -> dict[str, Component]:
    """Every component that has a page in the gallery, by name."""
    return {path.stem: component(path.stem) for path in sorted(GALLERY.glob("*.html"))}


def component(name: str) -> Component:
    parts = HEADING.split((GALLERY / f"{name}.html").read_text(encoding="utf-8"))
    found = CONTRACT.search((COMPONENTS / f"{name}.html").read_text(encoding="utf-8"))
    return Component(
        name=name,
        contract=found[1].strip() if found else "",
        states=tuple(
            State(title, source.strip())
            for title, source in zip(parts[1::2], parts[2::2], strict=True)
        ),
    )
