"""How scheduled work went, written whatever happens to it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError
from django.utils import timezone

from credit_portal.exceptions import Refusal
from credit_portal.jobs.services import Done, done_of

from ..models import TaskRecord

T = TypeVar("T")


def recorded(name: str, function: Callable[[], T]) -> T:
    """Call the function, and keep when it began and how it ended. What answers None had nothing to do in its slot,
    because another worker has it: that is no success, or a run that died would look like one."""
    started, clock = timezone.now(), time.monotonic()
    TaskRecord.objects.update_or_create(name=name, defaults={"started_at": started})
    try:
        result = function()
    except Exception as problem:
        with contextlib.suppress(DatabaseError):  # the database may be what failed
            fail(name, sentence(problem))
        raise
    if result is not None:
        succeed(name, done_of(result), round((time.monotonic() - clock) * 1000))
    return result


def succeed(name: str, done: Done, duration_ms: int) -> None:
    TaskRecord.objects.filter(name=name).update(
        succeeded_at=timezone.now(),
        failing_since=None,
        duration_ms=duration_ms,
        done=done.count,
        outcome=done.words[:300],
    )


def fail(name: str, reason: str) -> None:
    now = timezone.now()
    rows = TaskRecord.objects.filter(name=name)
    rows.update(failed_at=now, failure=reason)
    rows.filter(failing_since=None).update(failing_since=now)


def sentence(problem: Exception) -> str:
    """One sentence without a trace and without what a message may carry: the log has the rest."""
    words: list[tuple[Any, str]] = [
        (SoftTimeLimitExceeded, "超过运行时限，未能完成"),
        (DatabaseError, "数据库未能完成操作"),
        (OSError, "文件或网络无法使用"),
    ]
    if isinstance(problem, Refusal):
        return problem.user_message[:300]
    found = [said for kind, said in words if isinstance(problem, kind)]
    return found[0] if found else f"程序出错（{type(problem).__name__}）"
