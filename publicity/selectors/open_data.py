"""The set of open data that lies ready, and whether it may be handed out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..models import Publication

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "open-data"


def current() -> Path:
    """The whole set; a link, so that a new one takes its place in one step."""
    return folder() / "current"


def manifest(place: Path | None = None) -> dict[str, Any] | None:
    """What the set tells of itself; nothing before the first was written."""
    try:
        told: dict[str, Any] = json.loads(((place or current()) / MANIFEST).read_text())
    except FileNotFoundError:
        return None
    return told


def made_today() -> bool:
    told = manifest()
    return told is not None and told["day"] == timezone.localdate().isoformat()


def is_due() -> bool:
    return not made_today() or Publication.objects.to_leave_open_data().exists()


def held_back() -> set[str]:
    """The kinds whose files hold a decision that is public no more: a firm that was repaired is not passed on.

    A correction alone holds nothing back: the decision stays public, and its new text follows in minutes.
    """
    gone = Publication.objects.gone_from_public(timezone.localdate())
    return set(gone.order_by().values_list("kind", flat=True).distinct())


def may_be_handed_out(name: str) -> bool:
    return made_today() and name.partition("-")[0] not in held_back()
