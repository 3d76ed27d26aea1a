"""Entry forms that a person began and did not send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from credit_portal.accounts.models import User
from credit_portal.desk.models import FormDraft

from ..models import DECISION_MODELS

FORM = "publicity."  # and the kind: the name under which a form is kept


@dataclass(frozen=True)
class Unfinished:
    """`pk` is the decision being changed, nothing for a new one; the texts are as typed so far."""

    kind: str
    pk: int | None
    party_name: str
    document_number: str
    saved_at: dt.datetime


def unfinished(user: User) -> list[Unfinished]:
    """The latest first. A change of what can no longer be changed is left out."""
    drafts = list(FormDraft.objects.visible_to(user).filter(form__startswith=FORM))
    editable = {kind: editable_of(kind, drafts, user) for kind in DECISION_MODELS}
    return [
        as_unfinished(draft)
        for draft in drafts
        if not draft.subject or int(draft.subject) in editable[kind_of(draft)]
    ]


def kind_of(draft: FormDraft) -> str:
    return draft.form.removeprefix(FORM)


def editable_of(kind: str, drafts: list[FormDraft], user: User) -> set[int]:
    keys = [int(draft.subject) for draft in drafts if draft.subject and kind_of(draft) == kind]
    if not keys:
        return set()
    model = DECISION_MODELS[kind]
    rows = model.objects.visible_to(user).filter(pk__in=keys, state__in=model.EDITABLE)
    return set(rows.values_list("pk", flat=True))


def as_unfinished(draft: FormDraft) -> Unfinished:
    return Unfinished(
        kind=kind_of(draft),
        pk=int(draft.subject) if draft.subject else None,
        party_name=typed(draft, "party_name"),
        document_number=typed(draft, "document_number"),
        saved_at=draft.saved_at,
    )


def typed(draft: FormDraft, name: str) -> str:
    return "".join(draft.values.get(name, ()))
