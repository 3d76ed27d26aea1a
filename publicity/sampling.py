"""A random sample that anyone can draw again.

Each name of the population gets the SHA-256 of `<seed>:<name>` in UTF-8; the names with the smallest digests, compared
as hexadecimal text, are the sample, in that order. The population's own digest is the SHA-256 of its sorted names,
joined by line breaks. With a list of the names, the seed and `sha256sum` the draw can be repeated without this program.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256


def population_digest(names: Collection[str]) -> str:
    return sha256("\n".join(sorted(names)).encode()).hexdigest()


def draw(seed: str, names: Collection[str], size: int) -> list[str]:
    """The first `size` names in the order of their digests."""
    return sorted(set(names), key=lambda name: (digest(seed, name), name))[:size]


def digest(seed: str, name: str) -> str:
    return sha256(f"{seed}:{name}".encode()).hexdigest()
