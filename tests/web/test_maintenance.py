"""Closed for maintenance: every page says so, in words, with the end, and without the database."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from credit_portal.web import maintenance
from tests.pages import PageClient

CHINA = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 25, 14, 0, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def switch(settings: Any, tmp_path: Path) -> Path:
    """A file of this test: the others must not be closed."""
    place = tmp_path / "state" / "maintenance.json"
    settings.MAINTENANCE_FILE = str(place)
    return place


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("maintenance", *arguments, stdout=out)
    return out.getvalue().strip()


def away(*args: Any) -> None:
    raise OperationalError("the database is away")


class TestPages:
    @pytest.mark.parametrize(
        "address",
        ["/", "/publicity/penalty/", "/p/x/", "/sign-in/", "/staff/", "/enterprise/", "/nowhere"],
    )
    def test_every_page_is_closed(self, page_client, address):
        with time_machine.travel(NOW, tick=False):
            run("on", "--until", "18:00", "--reason", "升级数据库")
            answer = page_client.get(address)

        page = answer.content.decode()
        assert answer.status_code == 503
        assert answer["Retry-After"] == str(4 * 3600)
        assert answer["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "系统正在维护" in page
        assert "今天 18:00" in page
        assert "升级数据库" in page
        assert answer.cookies == {}

    @pytest.mark.django_db
    def test_it_needs_no_database(self, page_client):
        run("on")
        with connection.execute_wrapper(away):
            assert page_client.get("/").status_code == 503
            assert page_client.get("/staff/").status_code == 503

    @pytest.mark.django_db
    def test_health_and_static_files_go_on(self, client):
        run("on")

        assert client.get("/healthz").status_code == 200
        sheet = client.get("/static/css/base.css")
        assert sheet.status_code == 200
        sheet.close()

    @pytest.mark.django_db
    def test_it_ends_at_once_and_shows_nothing_kept(self, page_client, settings):
        settings.PAGE_LIFE = 3.0
        assert page_client.get("/").status_code == 200
        run("on")
        assert page_client.get("/").status_code == 503
        run("off")
        assert page_client.get("/").status_code == 200

    def test_what_was_sent_is_said_to_be_lost(self, page_client):
        run("on")

        assert "刚才提交的内容没有保存" in page_client.post("/sign-in/").content.decode()
        assert "刚才提交的内容没有保存" not in page_client.get("/sign-in/").content.decode()

    def test_past_its_end_it_stays_closed_and_says_so(self, page_client):
        with time_machine.travel(NOW, tick=False):
            run("on", "--until", "14:30")
        with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
            answer = page_client.get("/")

        assert answer.status_code == 503
        assert answer["Retry-After"] == "300"
        assert "维护正在收尾" in answer.content.decode()

    def test_another_day_is_named(self, page_client):
        with time_machine.travel(NOW, tick=False):
            run("on", "--until", "2026-11-28 06:00")

            assert "11月28日 06:00" in page_client.get("/").content.decode()

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"reason": 1}'])
    def test_a_file_that_cannot_be_read_closes_too(self, page_client, switch, text):
        switch.parent.mkdir()
        switch.write_text(text)

        answer = page_client.get("/")

        assert answer.status_code == 503
        assert answer["Retry-After"] == "300"

    def test_markup_in_the_reason_is_text(self, page_client):
        run("on", "--reason", "<b>升级</b>")

        assert "&lt;b&gt;升级" in page_client.get("/").content.decode()

    def test_taken_away_while_a_request_is_under_way(self):
        from django.test import RequestFactory

        from credit_portal.web import errors

        answer = errors.closed(RequestFactory().get("/"), maintenance.current())

        assert answer.status_code == 503


class TestCommand:
    def test_on_status_off(self, switch):
        with time_machine.travel(NOW, tick=False):
            assert run("status") == "网站开放。"
            assert "预计 2026-11-25 18:00 恢复" in run("on", "--until", "18:00")
            assert json.loads(run("status", "--json")) == {
                "on": True,
                "until": "2026-11-25T18:00:00+08:00",
                "reason": "",
            }
            assert json.loads(switch.read_text())["by"]
            assert run("off") == "网站开放。"
            assert run("off", "--json") == '{"on": false}'
            assert not switch.exists()

    def test_a_time_that_is_over_today_means_tomorrow(self):
        with time_machine.travel(NOW, tick=False):
            assert "2026-11-26 06:30" in run("on", "--until", "6:30")

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--until", "six"], "--until 请写成 18:00"),
            (["--until", "25:00"], "--until 请写成 18:00"),
            (["--until", "2026-13-01 06:00"], "--until 请写成 18:00"),
            (["--until", "2026-11-25 13:59"], "已经过去"),
            (["--reason", "因" * 201], "最多 200 字"),
        ],
    )
    def test_bad_input_is_explained_and_closes_nothing(self, switch, arguments, sentence):
        with time_machine.travel(NOW, tick=False), pytest.raises(CommandError) as refused:
            run("on", *arguments)

        assert sentence in str(refused.value)
        assert refused.value.returncode == 2
        assert not switch.exists()

    def test_a_place_that_cannot_be_written(self, settings, tmp_path):
        (tmp_path / "file").write_text("")
        settings.MAINTENANCE_FILE = str(tmp_path / "file" / "maintenance.json")

        with pytest.raises(CommandError, match="无法读写文件"):
            run("on")

    def test_it_asks_nothing_of_the_database(self, django_db_blocker):
        with time_machine.travel(NOW, tick=False):
            assert "已关闭" in run("on")

    def test_retry_is_never_at_once(self):
        soon = (timezone.now() + dt.timedelta(seconds=2)).isoformat()

        assert maintenance.Notice("", "", soon, "").retry_after == 30


def test_a_database_that_is_away_is_not_called_a_fault_of_the_page(db):
    client = PageClient()
    client.raise_request_exception = False
    with connection.execute_wrapper(away):
        answer = client.get("/publicity/penalty/")
        posted = client.post("/sign-in/", {"login": "a", "password": "b"})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "系统繁忙" in answer.content.decode()
    assert answer["X-Request-ID"].partition("-")[0] in answer.content.decode()
    assert posted.status_code == 503
    assert "刚才提交的内容没有保存" in posted.content.decode()
    assert issubclass(OperationalError, DatabaseError)
