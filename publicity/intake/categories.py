"""What a category cell says: 罚款;没收违法所得 or 其他-责令限期改正."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..fields import PENALTY_CATEGORIES, PERMIT_CATEGORIES

SEPARATORS = re.compile(r"[;；、,，/\s]+")
OTHER = re.compile(r"其[他它]")
OTHER_ALONE = re.compile(r"其[他它](?:行政)?(?:处罚|许可|类别|种类)?[\W_]*(?:无|其[他它])?[\W_]*")
# Wordings of the 2015 and 2018 tables that the law of 2021 words otherwise.
OLDER = (
    "没收违法所得、没收非法财物", "暂扣或者吊销许可证", "暂扣或者吊销执照", "暂扣或者吊销许可证、暂扣或者吊销执照",
    "暂扣许可证", "吊销许可证", "吊销执照", "暂扣执照", "吊销营业执照",
)  # fmt: skip
LISTED = frozenset((*PENALTY_CATEGORIES, *PERMIT_CATEGORIES, *OLDER))
MILD = frozenset({"警告", "通报批评"})


class Categories(NamedTuple):
    """A category cell, understood once for each different text."""

    parts: tuple[str, ...]
    fine: bool
    confiscation: bool
    licence: bool
    other_alone: bool
    unlisted: str
    only_mild: bool


@lru_cache(maxsize=4096)
def understood(text: str) -> Categories:
    """其他 takes the rest of the cell as its explanation, separators included."""
    other = OTHER.search(text)
    named, rest = (text[: other.start()], text[other.start() :]) if other else (text, "")
    parts = tuple(part for part in SEPARATORS.split(named) if part)
    return Categories(
        parts=(*parts, rest) if rest else parts,
        fine=any("罚款" in part for part in parts),
        confiscation=any("没收" in part for part in parts),
        licence=any("暂扣" in part or "吊销" in part for part in parts),
        other_alone=_is_alone(rest),
        unlisted=next((part for part in parts if part not in LISTED), ""),
        only_mild=bool(parts) and not rest and set(parts) <= MILD,
    )


def _is_alone(rest: str) -> bool:
    """其他 with nothing behind it, also when another category follows: 其他;罚款."""
    if not rest:
        return False
    first, *others = [part for part in SEPARATORS.split(rest) if part]
    return OTHER_ALONE.fullmatch(first) is not None and all(part in LISTED for part in others)
