"""Closed for maintenance: a file in the state directory, asked for by every request, without the database."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

SOON = 300  # seconds after which to try again when the announced end has passed
NEVER_SHORTER = 30


@dataclass(frozen=True)
class Notice:
    """Why, from when, and until when in the plan; `by` is the account that closed the site."""

    reason: str
    since: str
    until: str
    by: str

    @property
    def ends_at(self) -> dt.datetime | None:
        return timezone.localtime(dt.datetime.fromisoformat(self.until)) if self.until else None

    @property
    def retry_after(self) -> int:
        """Seconds until it is worth asking again."""
        if self.ends_at is None:
            return SOON
        left = int((self.ends_at - timezone.now()).total_seconds())
        return max(left, NEVER_SHORTER) if left > 0 else SOON


def is_on() -> bool:
    """Asked by every request, so it costs one look at the file system and nothing else."""
    return os.path.exists(settings.MAINTENANCE_FILE)


def place() -> Path:
    return Path(settings.MAINTENANCE_FILE)


def current() -> Notice | None:
    """The notice, nothing while the site is open. A file that cannot be read closes it all the same."""
    try:
        return Notice(**json.loads(place().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return Notice("", "", "", "")


def close(*, reason: str, until: dt.datetime | None, by: str) -> Notice:
    """Close the site; a second call replaces the notice. Written in one stroke: no request reads half of it."""
    notice = Notice(
        reason, timezone.now().isoformat(), until.isoformat() if until is not None else "", by
    )
    place().parent.mkdir(parents=True, exist_ok=True)
    part = place().with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(asdict(notice), ensure_ascii=False), encoding="utf-8")
    part.chmod(0o644)
    part.replace(place())
    return notice


def reopen() -> bool:
    """Open the site again; false when it was open."""
    try:
        place().unlink()
    except FileNotFoundError:
        return False
    return True
