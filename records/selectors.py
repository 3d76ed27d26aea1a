"""Reads that answer with plain objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import FirmAct, Role
from credit_portal.audit.models import AuditEvent

from .codes import normalise_code
from .models import ActivationLetter, KnownCode, MarketEntity
from .names import mask_person_name, search_form


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """What the registry says about a code. `names` are the search forms of present and former names."""

    entity_id: int
    names: frozenset[str]
    status: str


@dataclass(frozen=True, slots=True)
class RegistryIndex:
    """The registry for a set of codes, in memory: for the check of a whole batch."""

    entries: Mapping[str, RegistryEntry]
    known_codes: frozenset[str]

    def get(self, code: str) -> RegistryEntry | None:
        return self.entries.get(code)

    def bears(self, code: str, name: str) -> bool:
        """Whether the entity with this code bears or bore this name."""
        entry = self.entries.get(code)
        return entry is not None and search_form(name) in entry.names


def registry_index(codes: Iterable[str]) -> RegistryIndex:
    """One query for the entities, however many codes, and one for the known codes."""
    wanted = sorted({normalise_code(code) for code in codes})
    rows = MarketEntity.objects.by_codes(wanted).order_by()
    entries = {
        code: RegistryEntry(pk, frozenset(names.split("\n")), status)
        for code, pk, names, status in rows.values_list("code", "pk", "search_text", "status")
    }
    return RegistryIndex(entries, known_codes())


def known_codes() -> frozenset[str]:
    """Registered codes that fail the arithmetic."""
    return frozenset(KnownCode.objects.values_list("code", flat=True))


@dataclass(frozen=True, slots=True)
class Delegate:
    """A delegate as the head sees them. `days_left` counts calendar days, nothing for no end."""

    membership: RoleMembership
    acts: str
    expired: bool
    days_left: int | None
    waits: bool  # has never signed in with the first password


def delegates(code: str, today: dt.date) -> list[Delegate]:
    """The firm's delegates, first those whose time ends first."""
    rows = RoleMembership.objects.delegations(code).select_related("user")
    return [
        Delegate(
            membership=row,
            acts="、".join(FirmAct(act).label for act in row.scope) or FirmAct.VIEW.label,
            expired=row.valid_until is not None and row.valid_until < today,
            days_left=(row.valid_until - today).days if row.valid_until else None,
            waits=row.user.last_login is None and row.user.must_change_password,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class EndedDelegate:
    """`by`: who ended it; nothing where the trail does not say."""

    membership: RoleMembership
    acts: str
    by: str
    reason: str


MOST_ENDED = 100


def ended_delegates(code: str) -> list[EndedDelegate]:
    """The firm's delegations that were ended, the last first; the trail knows by whom."""
    rows = list(RoleMembership.objects.ended_delegations(code).select_related("user")[:MOST_ENDED])
    events = AuditEvent.objects.filter(
        action="role.ended",
        subject_type=User._meta.label_lower,
        subject_id__in={str(row.user_id) for row in rows},
    ).order_by("at")
    trail: dict[str, list[AuditEvent]] = {}
    for event in events:
        trail.setdefault(event.subject_id, []).append(event)
    return [_ended(row, trail.get(str(row.user_id), [])) for row in rows]


def _ended(row: RoleMembership, trail: list[AuditEvent]) -> EndedDelegate:
    """The end and its event were written in one transaction, the event just after."""
    after = [
        event
        for event in trail
        if row.ended_at
        and event.at >= row.ended_at
        and event.changes.get("entity_code") == row.entity_code
    ]
    event = after[0] if after else None
    return EndedDelegate(
        membership=row,
        acts="、".join(FirmAct(act).label for act in row.scope) or FirmAct.VIEW.label,
        by=event.actor_name if event else "",
        reason=event.reason if event else "",
    )


def firms_of(user: User) -> str:
    """The firm for which the person acts, in words; of several the first and how many."""
    rows = MarketEntity.objects.represented_by(user).order_by("pk")
    names = list(rows.values_list("name", flat=True))
    return f"{names[0]}等 {len(names)} 家企业" if len(names) > 1 else "".join(names)


def heads(code: str) -> list[str]:
    """Names of those who are head of the firm here, masked."""
    rows = RoleMembership.objects.of_firm(code).filter(role=Role.ENTERPRISE_HEAD)
    return [mask_person_name(name) for name in rows.values_list("user__name", flat=True)]


def masked_facts(entity: MarketEntity) -> list[dict[str, str]]:
    """Enough of the registry for the holder of a letter to say "that is us", and no more."""
    return [
        {"label": "企业名称", "value": entity.name},
        {"label": "统一社会信用代码", "value": f"{entity.code[:6]}********{entity.code[-4:]}"},
        {"label": "法定代表人", "value": mask_person_name(entity.legal_representative)},
        {"label": "住所", "value": f"{entity.address[:9]}…" if entity.address else ""},
        {"label": "登记状态", "value": entity.status},
    ]


def registry_facts(entity: MarketEntity, names: str) -> list[dict[str, str]]:
    """What the registry says of the firm beside its name, as far as it is public. `names`: the former ones in words."""
    rows = [
        ("统一社会信用代码", entity.code),
        ("登记状态", entity.status),
        ("法定代表人", entity.legal_representative),
        ("住所", entity.address),
        ("所属行业", entity.industry),
        ("成立日期", str(entity.established_on or "")),
        ("曾用名", names),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@dataclass(frozen=True, slots=True)
class LetterState:
    label: str
    tone: str


LETTER_STATES = {
    "live": LetterState("待启用", "info"),
    "used": LetterState("已启用", "green"),
    "revoked": LetterState("已撤销", ""),
    "expired": LetterState("已过期", "amber"),
}


# A letter that waits for a while after too many wrong tries; it stands among the live ones.
RESTING = LetterState("暂停中", "amber")


def letter_state(letter: ActivationLetter) -> LetterState:
    if letter.used_at:
        return LETTER_STATES["used"]
    if letter.revoked_at:
        return LETTER_STATES["revoked"]
    if letter.rests:
        return RESTING
    return LETTER_STATES["live" if letter.expires_on >= timezone.localdate() else "expired"]
