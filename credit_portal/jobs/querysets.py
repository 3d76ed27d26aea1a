"""Which jobs are open, which lost their worker, and who sees them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

    from .models import Job, JobLine, JobSlot  # noqa: F401 - named in the class bases below

SILENCE = dt.timedelta(seconds=60)  # after so long without a sign of life a worker counts as dead
UNHEARD = dt.timedelta(seconds=10)  # after so long nobody has heard the wake
ABANDONED = dt.timedelta(minutes=15)
KEPT = dt.timedelta(days=60)
FILES_KEPT = dt.timedelta(days=7)
LINES_KEPT_LEAST = 90  # days; whatever the setting says, a log is not taken away sooner


def lines_kept() -> dt.timedelta:
    return dt.timedelta(days=max(settings.JOB_LINES_KEPT_DAYS, LINES_KEPT_LEAST))


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=["waiting", "running"])

    def claimable(self, now: dt.datetime) -> Self:
        return self.filter(Q(state="waiting") | self.silent(now))

    def forgotten(self, now: dt.datetime) -> Self:
        """Open, and nobody at work: the wake was lost or the worker died."""
        unheard = Q(state="waiting", created_at__lte=now - UNHEARD)
        return self.filter(unheard | self.silent(now)).order_by("id")

    def silent(self, now: dt.datetime) -> Q:
        return Q(state="running", heartbeat_at__lte=now - SILENCE)

    def finished(self) -> Self:
        return self.filter(state__in=["done", "failed"])

    def unseen(self) -> Self:
        """Ended since the owner last looked."""
        return self.finished().filter(seen_at=None)

    def with_old_file(self, now: dt.datetime) -> Self:
        return self.filter(finished_at__lte=now - FILES_KEPT).exclude(file="")

    def for_table(self) -> Self:
        return self.select_related("owner").order_by("-id")

    def visible_to(self, user: User) -> Self:
        return self.filter(owner=user)


class JobLineQuerySet(models.QuerySet["JobLine"]):
    def refused(self) -> Self:
        return self.filter(done=False)

    def outdated(self, now: dt.datetime) -> Self:
        """Of jobs that ended so long ago that nobody asks what became of each row."""
        return self.filter(job__finished_at__lte=now - lines_kept())

    def for_table(self) -> Self:
        """What was not done comes first: it is what the reader has to act on."""
        return self.order_by("done", "id")


class JobSlotQuerySet(models.QuerySet["JobSlot"]):
    def abandoned(self, now: dt.datetime) -> Self:
        return self.filter(finished_at=None, started_at__lte=now - ABANDONED)

    def outdated(self, now: dt.datetime) -> Self:
        return self.filter(started_at__lte=now - KEPT)
