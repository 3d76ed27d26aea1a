"""What the security administrator watches: failed sign-ins, missing second factors, roles that came and went.

Read from the tables of accounts and not from the audit trail, which is the audit administrator's alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, Lower

from ..models import RoleMembership, SignInTrial, User
from ..querysets import SignInTrialQuerySet
from ..roles import ENTERPRISE_ROLES, STAFF_ROLES

SHOWN = 50  # lines of one table; the counts are of all
Kind = SignInTrial.Kind


@dataclass(frozen=True)
class Failure:
    """Failures in a row from one place. `person` is nobody for names that no account bears: what was typed there may
    be a password in the wrong box, so it is counted and never shown. `names` of them were tried."""

    person: User | None
    kind: Kind | None  # nothing for an address that is locked as a whole
    address: str
    failures: int
    names: int
    last_at: dt.datetime
    locked_until: dt.datetime | None


@dataclass(frozen=True)
class FailedSignIns:
    """`locked` names and addresses that have to wait now, `people` with failures; the lines are the latest."""

    locked: int
    people: int
    lines: list[Failure]


@dataclass(frozen=True)
class Unprotected:
    user: User
    roles: str


@dataclass(frozen=True)
class WithoutFactor:
    """`count` of the `staff` have no second factor."""

    count: int
    staff: int
    lines: list[Unprotected]


@dataclass(frozen=True)
class RoleChange:
    at: dt.datetime
    membership: RoleMembership
    given: bool  # or taken back


def failed_sign_ins(now: dt.datetime) -> FailedSignIns:
    """Those that are locked first, then the latest."""
    trials = SignInTrial.objects.recent(now)
    known = Q(kind=Kind.PASSWORD, account__in=User.objects.values_list(Lower("username"))) | Q(
        kind=Kind.FACTOR, account__in=User.objects.values_list(Cast("pk", CharField()))
    )
    lines = [
        *of_people(trials.filter(known), now),
        *of_strangers(trials.exclude(known).exclude(account=""), now),
        *of_addresses(trials.locked(now).filter(account="")),
    ]
    lines.sort(key=lambda line: (line.locked_until is None, -line.last_at.timestamp()))
    return FailedSignIns(trials.locked(now).count(), people_tried(trials).count(), lines[:SHOWN])


def people_tried(trials: SignInTrialQuerySet) -> QuerySet[User]:
    """The people whose name was typed, or whose code was."""
    name = trials.filter(kind=Kind.PASSWORD, account=Lower(OuterRef("username")))
    code = trials.filter(kind=Kind.FACTOR, account=Cast(OuterRef("pk"), CharField()))
    return User.objects.filter(Exists(name) | Exists(code))


def of_people(trials: SignInTrialQuerySet, now: dt.datetime) -> Iterator[Failure]:
    rows = list(trials.locked_first(now)[:SHOWN])
    people: dict[tuple[str, str], User] = {}
    for user in people_tried(SignInTrial.objects.filter(pk__in=[row.pk for row in rows])):
        people[Kind.PASSWORD, user.username.lower()] = people[Kind.FACTOR, str(user.pk)] = user
    for row in rows:
        yield Failure(
            person=people.get((row.kind, row.account)),
            kind=Kind(row.kind),
            address=row.address,
            failures=row.failures,
            names=1,
            last_at=row.last_at,
            locked_until=still(row.locked_until, now),
        )


def of_strangers(trials: SignInTrialQuerySet, now: dt.datetime) -> Iterator[Failure]:
    """One line for each address and kind, however many names were tried."""
    groups = trials.order_by().values("kind", "address")
    told = groups.annotate(
        names=Count("pk"),
        tries=Sum("failures"),
        last=Max("last_at"),
        until=Max("locked_until"),
    )
    for row in told.order_by("-last")[:SHOWN]:
        yield Failure(
            person=None,
            kind=Kind(row["kind"]),
            address=row["address"],
            failures=row["tries"],
            names=row["names"],
            last_at=row["last"],
            locked_until=still(row["until"], now),
        )


def of_addresses(trials: SignInTrialQuerySet) -> Iterator[Failure]:
    """Addresses that are locked as a whole; until then what was tried there is told with the names."""
    for row in trials.order_by("-last_at")[:SHOWN]:
        yield Failure(
            person=None,
            kind=None,
            address=row.address,
            failures=row.failures,
            names=0,
            last_at=row.last_at,
            locked_until=row.locked_until,
        )


def still(until: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    return until if until and until > now else None


def without_factor(today: dt.date) -> WithoutFactor:
    """Staff who have not set up the second factor; they can do nothing before they have."""
    held = RoleMembership.objects.in_force(today).filter(role__in=STAFF_ROLES)
    staff = User.objects.filter(is_active=True, pk__in=held.values("user"))
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    bare = staff.exclude(Exists(factors)).select_related("department").order_by("-date_joined")
    shown = list(bare[:SHOWN])
    roles: dict[int, list[str]] = {}
    for membership in held.filter(user__in=shown).order_by("pk"):
        roles.setdefault(membership.user_id, []).append(membership.get_role_display())
    lines = [Unprotected(user, "、".join(dict.fromkeys(roles[user.pk]))) for user in shown]
    return WithoutFactor(bare.count(), staff.count(), lines)


def role_changes(since: dt.datetime) -> list[RoleChange]:
    """Roles of staff given and taken back, the latest first. Firms appoint their people themselves."""
    rows = RoleMembership.objects.exclude(role__in=ENTERPRISE_ROLES)
    rows = rows.select_related("user", "department", "granted_by")
    given = rows.filter(granted_at__gte=since).order_by("-granted_at", "-pk")[:SHOWN]
    ended = rows.filter(ended_at__gte=since).order_by("-ended_at", "-pk")[:SHOWN]
    changes = [
        *(RoleChange(row.granted_at, row, True) for row in given),
        *(RoleChange(row.ended_at, row, False) for row in ended if row.ended_at),
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:SHOWN]
