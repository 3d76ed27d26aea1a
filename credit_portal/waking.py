"""Waking a worker by task name after the commit, without ever waiting for the broker.

PostgreSQL is the queue: a wake that is lost costs seconds, because the scheduled sweep looks at the same
rows. So a broker that is down is counted and left alone for a while, and the caller never hears of it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

PAUSE = 10.0  # seconds without a further try after a broker did not answer
EXPIRES = 60  # the sweep has long looked by then
# A request must not hang on a broker that accepts connections and then says nothing.
QUICK = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3, "max_retries": 0}


class Alarm:
    """What this process knows of the broker."""

    missed = 0
    quiet_until = 0.0


@dataclass(frozen=True)
class Wake:
    """One wish to have a task looked at; equal wishes of one transaction are sent once."""

    task: str
    arguments: tuple[int, ...] = ()

    def __call__(self) -> None:
        if time.monotonic() < Alarm.quiet_until:
            Alarm.missed += 1
            return
        try:
            self.send()
        except Exception:
            Alarm.missed += 1
            Alarm.quiet_until = time.monotonic() + PAUSE
            logger.warning("broker not reached; %s is left to the sweep", self.task, exc_info=True)

    def send(self) -> None:
        # The composition root stands on the top floor: it is named here, not imported.
        app = import_string("credit_portal.celery.app")
        with app.connection_for_write(transport_options=QUICK) as broker:
            app.send_task(
                self.task,
                args=self.arguments,
                connection=broker,
                retry=False,
                ignore_result=True,
                expires=EXPIRES,
            )


def wake_on_commit(task: str, *arguments: int) -> None:
    wake = Wake(task, arguments)
    if any(entry[1] == wake for entry in connection.run_on_commit):
        return
    transaction.on_commit(wake, robust=True)
