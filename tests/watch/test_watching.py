"""What is late, who is told, and how often."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from credit_portal.watch import selectors, services
from credit_portal.watch.models import Backup, Incident, TaskRecord
from credit_portal.watch.rings import CHECK, RINGS
from credit_portal.watch.selectors import Item, items
from publicity.models import Publication
from tests.factories.accounts import Cast
from tests.factories.outbox import new, put
from tests.factories.publicity import Team, make_penalty, published

pytestmark = pytest.mark.django_db
DIGEST = "AB" * 32
PAGE = reverse("staff:watch:page")


def well(at: dt.datetime) -> None:
    """Everything ran at this moment, and a backup was made."""
    for name in RINGS:
        TaskRecord.objects.create(
            name=name, first_at=at, started_at=at, succeeded_at=at, done=2, duration_ms=1500
        )
    Backup.objects.create(file="portal.dump", size=1_200_000, digest="a" * 64, recorded_at=at)


def item(key: str, now: dt.datetime | None = None) -> Item:
    return next(one for one in items(now) if one.key == key)


def test_late_begins_after_the_threshold_and_not_before() -> None:
    now = timezone.now()
    well(now)
    due = now + dt.timedelta(seconds=120)
    assert item(CHECK, due).state == "fine"
    late = item(CHECK, due + dt.timedelta(seconds=1))
    assert (late.word, late.tone, late.since) == ("迟到", "red", due)
    assert "worker" in late.advice
    assert item(CHECK, due).detail == "处理 2 条，用时 1.5 秒"


def test_nothing_to_do_is_said_in_words() -> None:
    services.recorded(CHECK, lambda: 0)
    assert item(CHECK).detail.startswith("没有需要处理的，用时")


def test_a_demo_says_that_it_keeps_no_backup(settings: Any) -> None:
    well(timezone.now() - dt.timedelta(days=9))
    Backup.objects.all().delete()
    assert item("backup").red
    settings.MODE = "demo"
    shown = item("backup")
    assert (shown.red, shown.detail) == (False, "演示环境，未登记备份")


def test_a_failure_is_red_until_the_next_success() -> None:
    well(timezone.now())
    with pytest.raises(ValueError):
        services.recorded(CHECK, lambda: int("x"))
    assert (item(CHECK).state, item(CHECK).detail) == ("failed", "程序出错（ValueError）。")
    services.recorded(CHECK, lambda: "好")
    assert item(CHECK).state == "fine"
    assert item(CHECK).detail.startswith("好，用时")


def test_a_run_that_never_ended_tells_nothing() -> None:
    TaskRecord.objects.create(name=CHECK, succeeded_at=timezone.now())
    assert item(CHECK).detail == ""


def test_what_never_ran_is_red_when_its_time_has_come() -> None:
    assert {one.red for one in items() if one.key in RINGS} == {True}
    now = timezone.now()
    TaskRecord.objects.create(name=CHECK, first_at=now)
    hourly = item("portals.sweep")
    assert (hourly.word, hourly.red, hourly.tone) == ("从未运行", False, "")
    assert item("portals.sweep", now + dt.timedelta(hours=3)).tone == "red"


def test_publications_that_stay_after_their_end_are_red(cast: Cast) -> None:
    team = Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
    published(make_penalty(team), team)
    ends_on = Publication.objects.get().ends_on
    assert ends_on is not None
    midnight = timezone.make_aware(dt.datetime.combine(ends_on, dt.time()))
    soon, after = midnight + dt.timedelta(days=1, minutes=19), dt.timedelta(minutes=2)
    well(soon)
    name = "publicity.expire_publications"
    assert item(name, soon).state == "fine"
    left = item(name, soon + after)
    assert (left.state, left.red) == ("failed", True)
    assert left.detail.endswith("应撤未撤 1 条")
    assert item(name, soon + dt.timedelta(hours=1)).state == "late"


def test_a_message_that_waits_too_long_is_red() -> None:
    assert item("delivery").word == "从未运行"
    assert not item("delivery").red
    (message,) = put(new())
    assert item("delivery").detail.startswith("最早一条自")
    late = item("delivery", timezone.now() + dt.timedelta(hours=2, minutes=1))
    assert (late.state, late.red) == ("late", True)
    now = timezone.now()
    OutboxMessage.objects.filter(pk=message.pk).update(
        state="accepted", settled_at=now, receipt="r", received_on=timezone.localdate()
    )
    assert (item("delivery").state, item("delivery").last_success) == ("fine", now)


def test_a_backup_is_recorded_and_grows_old(capsys: pytest.CaptureFixture[str]) -> None:
    assert "尚未登记" in item("backup").detail
    call_command("record_backup", "--file", "p.dump", "--size", "5000", "--digest", DIGEST)
    assert "已登记备份 p.dump" in capsys.readouterr().out
    backup = item("backup")
    assert (backup.state, backup.detail) == ("fine", "p.dump，5,000 字节，校验值 abababab")
    assert item("backup", timezone.now() + dt.timedelta(hours=49)).state == "late"
    assert AuditEvent.objects.filter(action="backup.recorded").count() == 1


@pytest.mark.parametrize(("size", "digest"), [("0", DIGEST), ("5", "xyz")])
def test_what_is_no_backup_is_refused(size: str, digest: str) -> None:
    with pytest.raises(SystemExit):
        call_command("record_backup", "--file", "p", "--size", size, "--digest", digest)
    assert not Backup.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "每 5 秒"), (60, "每分钟"), (600, "每 10 分钟"), (3600, "每 1 小时"), (86400, "每天")],
)
def test_intervals_in_words(seconds: int, said: str) -> None:
    assert selectors.interval(seconds) == said


def test_administrators_hear_once_of_the_incident_and_of_its_end(cast: Cast) -> None:
    now, administrator = timezone.now(), cast.sysadmin
    well(now)
    assert services.check() == 0
    tasks = TaskRecord.objects.filter(name__in=["portals.sweep", "jobs.sweep_files"])
    tasks.update(succeeded_at=now - dt.timedelta(hours=5))
    assert (services.check(), services.check()) == (2, 0)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.level, notice.link) == (administrator, "red", PAGE)
    assert "清理过期的登录和草稿（迟到）" in notice.text
    tasks.update(succeeded_at=now)
    assert (services.check(), services.check()) == (2, 0)
    assert Notice.objects.filter(text__startswith="已恢复正常").count() == 1
    tasks.update(succeeded_at=now - dt.timedelta(hours=5))
    services.check()
    assert Notice.objects.count() == 3


def test_what_is_watched_no_longer_is_no_incident(cast: Cast) -> None:
    well(timezone.now())
    administrator = cast.sysadmin
    gone = Incident.objects.create(name="gone", began_at=timezone.now())
    services.check()
    gone.refresh_from_db()
    assert gone.ended_at is not None
    assert str(gone) == "gone"
    assert "不再监测" in Notice.objects.get(recipient=administrator).text


class TestPages:
    def test_the_page_says_in_words_what_is_late(self, page_client, cast, sign_in) -> None:
        client = sign_in(page_client, cast.sysadmin)
        well(timezone.now())
        assert "没有运行异常" in client.get(PAGE).content.decode()
        TaskRecord.objects.filter(name=CHECK).update(
            succeeded_at=timezone.now() - dt.timedelta(hours=1)
        )
        page = client.get(PAGE).content.decode()
        for words in ("有项目运行异常", "迟到", "需处理", "请检查后台服务"):
            assert words in page
        assert f'href="{PAGE}"' in page

    def test_the_office_looks_on(self, page_client, cast, sign_in) -> None:
        page = sign_in(page_client, cast.officer).get(PAGE).content.decode()
        assert "异常由系统管理员处理" in page

    def test_the_questions_are_counted(self, django_assert_num_queries) -> None:
        well(timezone.now())
        with django_assert_num_queries(8):
            items()
        put(*(new(number) for number in range(1, 9)))
        with django_assert_num_queries(8):
            items()

    def test_monitors_learn_names_and_nothing_else(self, page_client) -> None:
        well(timezone.now())
        answer = page_client.get("/healthz/watch")
        assert (answer.status_code, answer.json()["red"]) == (200, [])
        TaskRecord.objects.filter(name=CHECK).update(
            succeeded_at=timezone.now() - dt.timedelta(hours=1)
        )
        answer = page_client.get("/healthz/watch")
        assert (answer.status_code, answer.json()["red"]) == (503, [CHECK])
        assert answer["Cache-Control"] == "no-store"
        assert "portal.dump" not in answer.content.decode()

    def test_without_a_database_monitors_learn_that(self, page_client) -> None:
        def broken(*args: object) -> None:
            raise DatabaseError

        with connection.execute_wrapper(broken):
            answer = page_client.get("/healthz/watch")
        assert (answer.status_code, answer.json()["red"]) == (503, ["database"])
