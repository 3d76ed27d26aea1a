from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from credit_portal.exceptions import OutsideTransaction, Refusal
from credit_portal.jobs import registry, tasks
from credit_portal.jobs.exceptions import UnknownKind
from credit_portal.jobs.heartbeat import Heartbeat
from credit_portal.jobs.models import Job, JobSlot
from credit_portal.jobs.registry import Progress
from credit_portal.jobs.selectors import open_job, progress_of
from credit_portal.jobs.services import Done, once, run, slot_of, start, sweep
from credit_portal.waking import Alarm, Wake
from tests.factories.accounts import Cast

pytestmark = pytest.mark.django_db
State = Job.State


def count(job: Job, progress: Progress) -> str:
    progress(3, 4)
    return f"已处理 {job.arguments['rows']} 行"


def refuse(job: Job, progress: Progress) -> str:
    raise Refusal("文件已被撤销。")


def break_down(job: Job, progress: Progress) -> str:
    raise ValueError("a defect")


def lose_database(job: Job, progress: Progress) -> str:
    raise OperationalError("server closed the connection")


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    before = dict(registry.FUNCTIONS)
    for name, function in {
        "count": count,
        "refuse": refuse,
        "break": break_down,
        "lose": lose_database,
    }.items():
        registry.register(f"tests.{name}", function)
    yield
    registry.FUNCTIONS.clear()
    registry.FUNCTIONS.update(before)


def begin(cast: Cast, kind: str = "count", subject: str = "7") -> Job:
    with transaction.atomic():
        return start(
            kind=f"tests.{kind}",
            title="检查 表格.xlsx",
            owner=cast.clerk,
            subject_id=subject,
            arguments={"rows": 4},
        )


def age(job: Job, **facts: object) -> None:
    Job.objects.filter(pk=job.pk).update(**facts)


def long_ago() -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=61)


class TestStart:
    def test_a_job_waits_and_the_worker_is_woken(self, cast: Cast) -> None:
        with transaction.atomic():
            job = begin(cast)
            wakes = [entry[1] for entry in connection.run_on_commit]
        assert (job.state, str(job)) == ("waiting", "检查 表格.xlsx")
        assert wakes == [Wake("jobs.run", (job.pk,))]

    def test_it_refuses_outside_a_transaction(self, cast: Cast) -> None:
        with pytest.raises(OutsideTransaction):
            start(kind="tests.count", title="", owner=cast.clerk, subject_id="7", arguments={})
        assert not Job.objects.exists()

    def test_an_unknown_kind_is_an_error(self, cast: Cast) -> None:
        with pytest.raises(UnknownKind):
            begin(cast, "nothing")
        assert not Job.objects.exists()

    def test_a_double_click_starts_one_job(self, cast: Cast) -> None:
        assert begin(cast).pk == begin(cast).pk
        assert begin(cast, subject="8").pk != begin(cast).pk

    def test_after_the_end_it_may_start_again(self, cast: Cast) -> None:
        job = begin(cast)
        run(job.pk)
        assert begin(cast).pk != job.pk


class TestRun:
    def test_it_is_done(self, cast: Cast) -> None:
        job = begin(cast)
        tasks.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.message, job.done, job.total) == ("done", "已处理 4 行", 3, 4)
        assert job.attempts == 1
        assert job.finished_at is not None

    def test_only_once(self, cast: Cast) -> None:
        job = begin(cast)
        assert run(job.pk)
        assert not run(job.pk)

    def test_not_while_another_worker_is_at_it(self, cast: Cast) -> None:
        job = begin(cast)
        now = timezone.now()
        age(job, state=State.RUNNING, started_at=now, heartbeat_at=now)
        assert not run(job.pk)

    def test_a_refusal_is_its_sentence(self, cast: Cast) -> None:
        job = begin(cast, "refuse")
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.message) == ("failed", "文件已被撤销。")

    def test_a_defect_is_a_general_sentence(self, cast: Cast) -> None:
        job = begin(cast, "break")
        run(job.pk)
        job.refresh_from_db()
        assert job.state == "failed"
        assert job.message.startswith("处理时发生错误，未能完成。")

    def test_a_lost_database_leaves_it_to_the_sweep(self, cast: Cast) -> None:
        job = begin(cast, "lose")
        with pytest.raises(OperationalError):
            run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("running", 1)


class TestSweep:
    def test_a_new_job_is_left_to_its_wake(self, cast: Cast) -> None:
        begin(cast)
        assert sweep() == 0

    def test_a_job_whose_wake_was_lost_is_woken(self, cast: Cast) -> None:
        job = begin(cast)
        age(job, created_at=long_ago())
        assert sweep() == 1

    def test_a_job_whose_worker_died_is_run_again(self, cast: Cast) -> None:
        job = begin(cast)
        age(job, state=State.RUNNING, started_at=long_ago(), heartbeat_at=long_ago(), attempts=1)
        assert sweep() == 1
        assert run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("done", 2)

    def test_after_three_deaths_it_is_given_up(self, cast: Cast) -> None:
        job = begin(cast)
        age(job, state=State.RUNNING, started_at=long_ago(), heartbeat_at=long_ago(), attempts=3)
        assert not run(job.pk)
        tasks.sweep()
        job.refresh_from_db()
        assert job.state == "failed"
        assert job.message.startswith("处理中断了 3 次")

    def test_old_slots_are_forgotten(self) -> None:
        old = JobSlot.objects.create(name="a", slot="1")
        JobSlot.objects.create(name="a", slot="2")
        JobSlot.objects.filter(pk=old.pk).update(started_at=timezone.now() - dt.timedelta(days=61))
        sweep()
        assert [str(slot) for slot in JobSlot.objects.all()] == ["a 2"]


class TestHeartbeat:
    @pytest.mark.django_db(transaction=True)
    def test_progress_is_visible_while_the_work_is_one_transaction(self, cast: Cast) -> None:
        job = running(cast)
        with transaction.atomic(), Heartbeat(job, tick=0.02) as progress:
            progress(1, 2)
            assert wait_until(lambda: elsewhere(job) == (1, 2))

    @pytest.mark.django_db(transaction=True)
    def test_it_beats_also_when_nothing_moves(self, cast: Cast) -> None:
        job = running(cast)
        before = job.heartbeat_at
        with Heartbeat(job, tick=0.01):
            assert wait_until(lambda: Job.objects.get().heartbeat_at != before)

    @pytest.mark.django_db(transaction=True)
    def test_a_replaced_worker_no_longer_writes(self, cast: Cast) -> None:
        job = running(cast)
        age(job, attempts=2)
        with Heartbeat(job, tick=0.01) as progress:
            progress(5, 5)
            time.sleep(0.2)
        assert Job.objects.get().done == 0

    def test_a_broken_connection_only_costs_the_beat(self, cast: Cast) -> None:
        job = running(cast)
        Heartbeat(job)._write(
            2**40, 2**40
        )  # what the column cannot hold is an error of the database
        connection.ensure_connection()


def running(cast: Cast) -> Job:
    job = begin(cast)
    now = timezone.now() - dt.timedelta(seconds=5)
    age(job, state=State.RUNNING, started_at=now, heartbeat_at=now, attempts=1)
    job.refresh_from_db()
    return job


def elsewhere(job: Job) -> tuple[int, int]:
    """What another connection sees."""
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append(Job.objects.values_list("done", "total").get(pk=job.pk))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return seen[0]


def wait_until(condition: object, seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


class TestOnce:
    def test_a_slot_is_worked_once(self) -> None:
        calls: list[int] = []
        results = [once("clocks", "2026-10-09T09:15", lambda: calls.append(1)) for _ in range(2)]
        assert (results, calls) == ([Done(None, ""), None], [1])
        last = JobSlot.objects.get()
        assert (last.name, last.outcome) == ("clocks", "")
        assert last.finished_at is not None

    def test_the_outcome_is_kept(self) -> None:
        once("clocks", "1", lambda: "提醒 3 次")
        assert once("clocks", "2", lambda: 12) == Done(12, "12")
        assert once("clocks", "3", lambda: Done(3, "提醒 3 次")) == Done(3, "提醒 3 次")
        kept = JobSlot.objects.order_by("slot").values_list("outcome", flat=True)
        assert list(kept) == ["提醒 3 次", "12", "提醒 3 次"]

    def test_a_run_that_broke_is_taken_over_after_a_while(self) -> None:
        with pytest.raises(ValueError):
            once("clocks", "1", lambda: int("x"))
        assert not once("clocks", "1", lambda: "again")
        JobSlot.objects.update(started_at=timezone.now() - dt.timedelta(minutes=15))
        assert once("clocks", "1", lambda: "again")
        assert JobSlot.objects.get().outcome == "again"

    def test_slots_are_of_huainans_clock(self) -> None:
        moment = dt.datetime(2026, 10, 8, 16, 59, 59, tzinfo=dt.UTC)
        assert slot_of(moment, 15) == "2026-10-09T00:45"
        assert slot_of(moment, 10) == "2026-10-09T00:50"


class TestSelectors:
    def test_the_open_job_of_a_subject(self, cast: Cast) -> None:
        job = begin(cast)
        assert open_job(subject_id="7", kind_prefix="tests.") == job
        assert open_job(subject_id="7", kind_prefix="other.") is None
        run(job.pk)
        assert open_job(subject_id="7") is None

    def test_progress_has_a_percentage_when_the_total_is_known(self, cast: Cast) -> None:
        job = begin(cast)
        assert progress_of(job).percent is None
        job.done, job.total = 1, 3
        assert (progress_of(job).percent, progress_of(job).is_open) == (33, True)
        job.done = 9
        assert progress_of(job).percent == 100
        run(job.pk)
        job.refresh_from_db()
        assert (progress_of(job).is_open, progress_of(job).label) == (False, "已完成")

    def test_each_sees_the_own_jobs(self, cast: Cast) -> None:
        job = begin(cast)
        assert list(Job.objects.visible_to(cast.clerk)) == [job]
        assert not Job.objects.visible_to(cast.other_clerk).exists()
        assert list(Job.objects.for_table()) == [job]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_a_job_starts_within_a_moment(cast: Cast) -> None:
    from credit_portal.celery import app

    assert cast.clerk
    Alarm.quiet_until, began = 0.0, time.monotonic()
    old, app.conf.broker_url = app.conf.broker_url, "redis://127.0.0.1:1/0"
    try:
        begin(cast)
    finally:
        app.conf.broker_url = old
        Alarm.quiet_until = 0.0
    assert time.monotonic() - began < 1.5
    assert Job.objects.get().state == "waiting"
