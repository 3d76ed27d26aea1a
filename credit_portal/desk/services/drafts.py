"""Unfinished forms: kept while somebody types, taken away when the form was sent or given up."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils import timezone

from credit_portal.accounts.models import User

from ..exceptions import DraftRefused
from ..models import FormDraft

LARGEST = 256 * 1024  # bytes of all fields together


def save_draft(
    *, form: str, subject: str, version: int, values: Mapping[str, list[str]], by: User
) -> FormDraft:
    """What stands in the form now; each person has one draft for each form and subject."""
    if len(json.dumps(values).encode()) > LARGEST:
        raise DraftRefused("填写的内容过长，未能自动保存。请缩短后重试，或直接提交。")
    draft, _ = FormDraft.objects.update_or_create(
        owner=by, form=form, subject=subject, defaults={"version": version, "values": dict(values)}
    )
    return draft


def discard_draft(*, form: str, subject: str, by: User) -> None:
    """The form was sent or given up."""
    FormDraft.objects.visible_to(by).filter(form=form, subject=subject).delete()


def sweep_drafts() -> int:
    """Delete what nobody came back to; answers how many."""
    count, _ = FormDraft.objects.outdated(timezone.now()).delete()
    return count
