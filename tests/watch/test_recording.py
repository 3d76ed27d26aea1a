"""Every ring of beat leaves a record, whatever happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError
from pytest_django import Settings

from credit_portal import celery
from credit_portal.exceptions import Refusal
from credit_portal.watch.models import TaskRecord
from credit_portal.watch.rings import OTHERS, RINGS, SHORTEST
from credit_portal.watch.selectors import items
from credit_portal.watch.services import recorded

pytestmark = pytest.mark.django_db


def test_each_entry_of_the_schedule_has_a_line_with_a_name_and_a_threshold() -> None:
    lines = {item.key: item for item in items()}
    assert set(lines) == set(celery.app.conf.beat_schedule) | set(OTHERS)
    for name, entry in celery.app.conf.beat_schedule.items():
        ring = RINGS[name]
        assert lines[name].label
        assert ring.threshold >= max(2 * entry["schedule"], SHORTEST)


@pytest.mark.parametrize("name", list(RINGS))
def test_each_ring_that_was_heard_is_a_success(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # some write files
    celery.app.loader.import_default_modules()
    celery.app.tasks[name]()
    record = TaskRecord.objects.get(name=name)
    assert record.succeeded_at is not None
    assert record.succeeded_at >= record.started_at
    assert record.duration_ms is not None
    assert record.done is not None
    assert str(record) == name


def test_what_beat_does_not_ring_is_not_recorded() -> None:
    celery.app.loader.import_default_modules()
    celery.app.tasks["jobs.run"](0)  # no such job
    assert not TaskRecord.objects.exists()


def test_a_slot_of_another_worker_is_no_success() -> None:
    assert recorded("a", lambda: None) is None
    assert TaskRecord.objects.get().succeeded_at is None


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Refusal("年度日历没有载入。"), "年度日历没有载入。"),
        (SoftTimeLimitExceeded(), "超过运行时限，未能完成"),
        (DatabaseError("password=x"), "数据库未能完成操作"),
        (ConnectionError("10.0.0.1"), "文件或网络无法使用"),
        (ValueError("x" * 999), "程序出错（ValueError）"),
    ],
)
def test_a_failure_says_why_in_a_sentence(problem: Exception, said: str) -> None:
    def broken() -> int:
        raise problem

    for _ in range(2):
        with pytest.raises(type(problem)):
            recorded("a", broken)
    record = TaskRecord.objects.get()
    assert (record.failure, record.succeeded_at) == (said, None)
    assert record.failing_since is not None
    assert record.failed_at is not None
    assert record.failing_since < record.failed_at
    recorded("a", lambda: 3)
    record.refresh_from_db()
    assert (record.failing_since, record.done, record.failure) == (None, 3, said)
