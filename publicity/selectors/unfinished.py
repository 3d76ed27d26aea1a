"""Entry forms that a person began and did not send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from credit_portal.accounts.models import User
from credit_portal.desk.models import FormDraft

from ..models import DECISION_MODELS
from .desk import KIND_WORDS

FORM = "publicity."  # and the kind: the name under which a form is kept


@dataclass(frozen=True)
class Unfinished:
    """`pk` is the decision being changed, nothing for a new one, which has a `key`; the texts are as typed so far."""

    kind: str
    pk: int | None
    key: str
    label: str
    number: str
    saved_at: dt.datetime
    url: str

    @property
    def word(self) -> str:
        return f"{'修改' if self.pk else '新增'}{KIND_WORDS[self.kind]}"


def unfinished(user: User, kind: str = "") -> list[Unfinished]:
    """The latest first, of both kinds or of one. A change of what can no longer be changed is left out."""
    drafts = list(FormDraft.objects.visible_to(user).filter(form__startswith=FORM + kind))
    editable = {kind: editable_of(kind, drafts, user) for kind in DECISION_MODELS}
    return [
        as_unfinished(draft)
        for draft in drafts
        if pk_of(draft) is None or pk_of(draft) in editable[kind_of(draft)]
    ]


def kind_of(draft: FormDraft) -> str:
    return draft.form.removeprefix(FORM)


def pk_of(draft: FormDraft) -> int | None:
    """Of the decision being changed; new forms have a key of their own, or none."""
    return int(draft.subject) if draft.subject.isdecimal() else None


def editable_of(kind: str, drafts: list[FormDraft], user: User) -> set[int]:
    keys = [pk for draft in drafts if kind_of(draft) == kind and (pk := pk_of(draft)) is not None]
    if not keys:
        return set()
    model = DECISION_MODELS[kind]
    rows = model.objects.visible_to(user).filter(pk__in=keys, state__in=model.EDITABLE)
    return set(rows.values_list("pk", flat=True))


def as_unfinished(draft: FormDraft) -> Unfinished:
    return Unfinished(
        kind=kind_of(draft),
        pk=pk_of(draft),
        key=draft.subject,
        label=typed(draft, "party_name") or "（未填名称）",
        number=typed(draft, "document_number"),
        saved_at=draft.saved_at,
        url=address_of(draft),
    )


def address_of(draft: FormDraft) -> str:
    """Where it is gone on with."""
    kind, pk = kind_of(draft), pk_of(draft)
    if pk is not None:
        return reverse("staff:publicity:decision_edit", args=[kind, pk])
    new = reverse("staff:publicity:decision_create", args=[kind])
    return f"{new}?form={draft.subject}" if draft.subject else new


def typed(draft: FormDraft, name: str) -> str:
    return "".join(draft.values.get(name, ()))
