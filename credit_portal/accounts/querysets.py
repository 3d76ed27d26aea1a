"""Which departments count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.sessions.models import Session
from django.db import models

if TYPE_CHECKING:
    from .models import (  # noqa: F401 - named in the class bases below
        Department,
        KeptForm,
        RoleMembership,
        SignInTrial,
        User,
        UserSession,
    )

KEPT = dt.timedelta(hours=1)  # how long a form waits for its person to sign in again
TRIALS_TOLD = dt.timedelta(days=1)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_subordinates(self) -> Self:
        """These departments and those directly below them."""
        ids = self.values("pk")
        return self.model._default_manager.filter(models.Q(pk__in=ids) | models.Q(parent__in=ids))  # type: ignore[return-value]


class UserSessionQuerySet(models.QuerySet["UserSession"]):
    def visible_to(self, user: User) -> Self:
        """The person's own, without those that were ended from another place."""
        return self.filter(user=user, ended_at=None)

    def ended(self, session_key: str) -> Self:
        """The one of this key, when somebody ended it from another place."""
        return self.filter(session_key=session_key, ended_at__isnull=False)

    def alive(self, now: dt.datetime) -> Self:
        """Those whose session still stands."""
        return self.filter(session_key__in=_standing(now))

    def gone(self, now: dt.datetime) -> Self:
        return self.exclude(session_key__in=_standing(now))


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def waiting(self, now: dt.datetime) -> Self:
        return self.filter(kept_at__gt=now - KEPT)

    def outdated(self, now: dt.datetime) -> Self:
        return self.filter(kept_at__lte=now - KEPT)


class SignInTrialQuerySet(models.QuerySet["SignInTrial"]):
    def recent(self, now: dt.datetime) -> Self:
        """Failures of the last day; older ones are swept when somebody signs in."""
        return self.filter(failures__gt=0, last_at__gt=now - TRIALS_TOLD)

    def locked(self, now: dt.datetime) -> Self:
        return self.filter(locked_until__gt=now)

    def locked_first(self, now: dt.datetime) -> Self:
        waits = models.Case(models.When(locked_until__gt=now, then=1), default=0)
        return self.order_by(waits.desc(), "-last_at", "pk")


def _standing(now: dt.datetime) -> models.QuerySet[Session, str]:
    return Session.objects.filter(expire_date__gt=now).values_list("session_key", flat=True)


class MembershipQuerySet(models.QuerySet["RoleMembership"]):
    def in_force(self, on: dt.date) -> Self:
        """Held on this day. A delegate's last day counts; the day after, the role holds nothing, ended or not."""
        return self.filter(
            models.Q(valid_until=None) | models.Q(valid_until__gte=on), ended_at=None
        )

    def of_firm(self, code: str) -> Self:
        return self.filter(entity_code=code, ended_at=None)

    def delegations(self, code: str) -> Self:
        """Delegates of the firm, also those whose time is over but whom nobody has ended."""
        return self.of_firm(code).filter(role="enterprise_operator").order_by("valid_until", "pk")

    def ended_delegations(self, code: str) -> Self:
        rows = self.filter(entity_code=code, role="enterprise_operator", ended_at__isnull=False)
        return rows.order_by("-ended_at", "-pk")
