"""Reads matrix.yaml, and lists the addresses that the resolver knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories.accounts import PRINCIPALS

RAW = yaml.safe_load((Path(__file__).parent / "matrix.yaml").read_text("utf-8"))
METHODS = ("GET", "POST", "PUT", "DELETE")
OUTCOMES = ("ok", "login", "403", "404")


@dataclass(frozen=True)
class Address:
    name: str
    parts: frozenset[str]


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), (), frozenset()))


def _walk(resolver: Any, spaces: tuple[str, ...], parts: frozenset[str]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        inner = parts | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern, (*spaces, *space), inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield Address(":".join((*spaces, pattern.name)), frozenset(inner))


def people(who: Any) -> set[str]:
    """A principal, a group, or a list of them, down to principals."""
    if isinstance(who, list):
        return set().union(*(people(one) for one in who))
    if who in RAW["groups"]:
        return people(RAW["groups"][who])
    assert who in PRINCIPALS, f"matrix.yaml names {who}, who is nobody"
    return {who}


def expected(name: str, method: str) -> dict[str, str]:
    """principal → outcome; `closed` for everybody when the method is not named."""
    named = RAW["urls"][name].get(method)
    if named is None:
        return dict.fromkeys(PRINCIPALS, "closed")
    cells = {who: "login" if who == "visitor" else "403" for who in PRINCIPALS}
    for outcome, who in named.items():
        assert str(outcome) in OUTCOMES, f"matrix.yaml: {name} {method} {outcome}"
        cells |= dict.fromkeys(people(who), str(outcome))
    return cells
