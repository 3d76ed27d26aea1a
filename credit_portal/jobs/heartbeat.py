"""Signs of life of a running job, written from a thread of its own.

The function of a job usually works inside one long transaction, and what that connection writes nobody sees
before the end. The thread has its own connection, so that progress is visible and the sweep sees a living
worker.
"""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from django.db import Error, connection
from django.utils import timezone

from .models import Job

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks at the progress
REST = 10  # ticks after which the heart beats even when nothing moved


class Heartbeat:
    """Use as a context manager around the function; call it to report progress."""

    def __init__(self, job: Job, *, tick: float = TICK) -> None:
        self._job, self._tick = job, tick
        self._progress = (job.done, job.total)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __call__(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def progress(self) -> tuple[int, int]:
        return self._progress

    def _beat(self) -> None:
        written, idle = self._progress, 0
        try:
            while not self._stop.wait(self._tick):
                idle += 1
                if self._progress != written or idle >= REST:
                    written, idle = self._progress, 0
                    self._write(*written)
        finally:
            connection.close()

    def _write(self, done: int, total: int) -> None:
        """Only while this attempt is the running one. A beat lost to a broken connection is no harm."""
        mine = Job.objects.filter(
            pk=self._job.pk, state=Job.State.RUNNING, attempts=self._job.attempts
        )
        try:
            mine.update(done=done, total=total, heartbeat_at=timezone.now())
        except Error:
            logger.warning("heartbeat of job %s not written", self._job.pk, exc_info=True)
            connection.close()
