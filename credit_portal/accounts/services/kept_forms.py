"""What was typed into a form whose session had ended: kept for the same person at the same browser (docs/adr/0012).

The text stands encrypted under a random key that is not stored here; the browser holds it in a cookie.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction
from django.utils import timezone

from credit_portal.accounts.models import KeptForm, User

LARGEST = 256 * 1024  # bytes of all fields together
MOST = 5  # of one person; the oldest make room
Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: the page it stands on, the address it went to, its fields, whether files came along."""

    page: str
    action: str
    fields: Fields
    files: bool


@transaction.atomic
def keep_form(
    *, user_id: int, page: str, action: str, fields: Mapping[str, list[str]], files: bool
) -> str:
    """Keep it and answer the key that opens it again; "" when it is too large or the person is gone."""
    content = json.dumps([user_id, action, fields, files]).encode()
    if len(content) > LARGEST or not User.objects.filter(pk=user_id, is_active=True).exists():
        return ""
    sweep_kept_forms()
    mine = KeptForm.objects.filter(user_id=user_id)
    mine.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST - 1 :])).delete()
    key = Fernet.generate_key()
    KeptForm.objects.create(
        user_id=user_id,
        lookup=_digest(key),
        page=page,
        content=Fernet(key).encrypt(content).decode(),
    )
    return key.decode()


def kept_form(*, user: User, key: str, page: str) -> Kept | None:
    """What this key opens, if it is this person's, stood on this page and is not too old."""
    rows = KeptForm.objects.visible_to(user).waiting(timezone.now())
    row = rows.filter(lookup=_digest(key.encode()), page=page).first()
    if row is None:
        return None
    try:
        owner, action, fields, files = json.loads(Fernet(key).decrypt(row.content.encode()))
    except (InvalidToken, ValueError):  # the row was tampered with
        return None
    return Kept(row.page, action, fields, files) if owner == user.pk else None


def drop_kept_form(*, user: User, key: str) -> None:
    """It was sent again, or given up."""
    KeptForm.objects.visible_to(user).filter(lookup=_digest(key.encode())).delete()


def sweep_kept_forms() -> int:
    """Delete what nobody came back for; answers how many."""
    count, _ = KeptForm.objects.outdated(timezone.now()).delete()
    return count


def _digest(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()
