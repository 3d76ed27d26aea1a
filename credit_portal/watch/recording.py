"""The class of all Celery tasks: those that beat rings leave a record of each run."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import Task


class WatchedTask(Task):  # type: ignore[type-arg]  # takes none when it runs
    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        run = partial(super().__call__, *args, **kwargs)
        if self.name not in self.app.conf.beat_schedule:
            return run()
        # Celery reads this module before Django is set up.
        from . import services

        return services.recorded(self.name, run)
