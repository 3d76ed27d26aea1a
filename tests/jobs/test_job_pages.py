"""我的任务: the list, the bar, the result with its log, the file."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from credit_portal.jobs import tasks
from credit_portal.jobs.models import Job, JobLine
from credit_portal.jobs.registry import PLACES, Place
from credit_portal.jobs.selectors import news
from credit_portal.jobs.services import mark_seen, sweep_files, sweep_lines

pytestmark = pytest.mark.django_db
LIST = reverse("staff:jobs:list")


def make_job(owner, state="done", **facts):
    now = timezone.now()
    times = {
        "running": {"started_at": now, "heartbeat_at": now},
        "done": {"finished_at": now},
        "failed": {"finished_at": now},
    }
    return Job.objects.create(
        kind="tests.unknown",
        title=facts.pop("title", "导出行政处罚"),
        owner=owner,
        subject_id=str(Job.objects.count()),
        state=state,
        **times.get(state, {}) | facts,
    )


def page_of(job):
    return reverse("staff:jobs:detail", args=[job.pk])


def test_the_list_shows_states_progress_and_results(cast, sign_in, page_client):
    make_job(cast.clerk, "waiting")
    make_job(cast.clerk, "running", done=3, total=12)
    make_job(cast.clerk, "running")
    make_job(cast.clerk, "done", message="已导出 12 条。")
    make_job(cast.clerk, "failed", message="文件已被撤销。")
    make_job(cast.reviewer, title="别人的任务")
    page = sign_in(page_client, cast.clerk).get(LIST).content.decode()
    for words in ("排队等候", "3 / 12（25%）", "正在处理", "已导出 12 条。", "文件已被撤销。"):
        assert words in page
    assert "别人的任务" not in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize(
    ("show", "count"), [("", 3), ("open", 1), ("done", 1), ("failed", 1), ("x", 3)]
)
def test_the_list_by_state(cast, sign_in, page_client, show, count):
    for state in ("waiting", "done", "failed"):
        make_job(cast.clerk, state)
    page = sign_in(page_client, cast.clerk).get(LIST, {"show": show})
    assert len(page.context["entries"]) == count


def test_empty_lists_say_what_comes_here(cast, sign_in, page_client):
    client = sign_in(page_client, cast.clerk)
    assert "还没有任务" in client.get(LIST).content.decode()
    assert "没有这一状态的任务" in client.get(LIST, {"show": "failed"}).content.decode()


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_the_same_queries_however_long(
    cast, sign_in, page_client, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_job(cast.clerk)
    client = sign_in(page_client, cast.clerk)
    client.get(LIST)
    # session, user, roles; grants; count, rows, mark as seen; department, bell
    with django_assert_num_queries(9):
        client.get(LIST)


def test_the_bar_alone_while_it_runs_then_a_whole_page(cast, sign_in, page_client):
    job = make_job(cast.clerk, "running", done=1, total=4)
    client = sign_in(page_client, cast.clerk)
    part = client.get(page_of(job), headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<div") and 'value="1"' in part  # noqa: PT018
    assert f'hx-get="{page_of(job)}"' in part
    whole = client.get(page_of(job)).content.decode()
    assert 'http-equiv="refresh"' in whole

    Job.objects.update(state="done", finished_at=timezone.now(), message="已导出 4 条。")
    ended = client.get(page_of(job), headers={"HX-Request": "true"})
    assert (ended.content, ended["HX-Refresh"]) == (b"", "true")
    last = client.get(page_of(job)).content.decode()
    assert "已导出 4 条。" in last
    assert "hx-get" not in last
    assert "http-equiv" not in last


def test_a_failed_job_says_what_to_do(cast, sign_in, page_client):
    job = make_job(cast.clerk, "failed", message="条件太宽，请缩小范围。")
    page = sign_in(page_client, cast.clerk).get(page_of(job)).content.decode()
    assert "没有完成" in page
    assert "条件太宽，请缩小范围。" in page


@pytest.mark.parametrize("rows", [1, 15])
def test_the_log_puts_what_was_not_done_first(
    cast, sign_in, page_client, django_assert_num_queries, rows
):
    job = make_job(cast.clerk, message="已提交。")
    for number in range(rows):
        JobLine.objects.create(
            job=job, subject=f"penalty:{number}", label=f"第 {number} 条", done=True
        )
    JobLine.objects.create(
        job=job,
        subject="penalty:x",
        label="王小明",
        link="/staff/",
        done=False,
        sentence="已被删除。",
    )
    client = sign_in(page_client, cast.clerk)
    client.get(page_of(job))
    # session, user, roles; grants; job, seen; counts, page count, lines; department, bell
    with django_assert_num_queries(11):
        page = client.get(page_of(job))
    first = page.context["page_obj"][0]
    assert (str(first), first.sentence) == ("王小明", "已被删除。")
    only = client.get(page_of(job), {"show": "refused"})
    assert len(only.context["page_obj"]) == 1


def test_news_until_seen(cast, sign_in, page_client):
    job = make_job(cast.clerk, message="已导出 4 条。")
    make_job(cast.clerk, "running")
    other = make_job(cast.reviewer)
    assert [entry.job for entry in news(cast.clerk)] == [job]
    home = sign_in(page_client, cast.clerk).get(reverse("staff:home")).content.decode()
    assert "已导出 4 条。" in home
    assert page_of(job) in home
    page_client.get(page_of(job))
    assert news(cast.clerk) == []
    assert "已导出 4 条。" not in page_client.get(reverse("staff:home")).content.decode()
    assert mark_seen(by=cast.clerk) == 0
    assert [entry.job for entry in news(cast.reviewer)] == [other]


def test_the_file_is_the_owners_for_a_week(cast, sign_in, page_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = make_job(cast.clerk, file=ContentFile(b"content", name="a.xlsx"), filename="清单.xlsx")
    address = reverse("staff:jobs:file", args=[job.pk])
    client = sign_in(page_client, cast.clerk)
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"content"
    assert "attachment" in answer["Content-Disposition"]
    assert "文件保留到" in client.get(page_of(job)).content.decode()
    assert "下载" in client.get(LIST).content.decode()

    assert sweep_files() == 0
    Job.objects.update(finished_at=timezone.now() - dt.timedelta(days=7))
    tasks.sweep_files()
    assert not list(tmp_path.rglob("*.xlsx"))
    assert client.get(address).status_code == 404
    assert "文件已过保留期" in client.get(page_of(job)).content.decode()


def test_a_lost_file_is_not_found(cast, sign_in, page_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = make_job(cast.clerk, file=ContentFile(b"content", name="a.xlsx"), filename="清单.xlsx")
    next(tmp_path.rglob("*.xlsx")).unlink()
    address = reverse("staff:jobs:file", args=[job.pk])
    assert sign_in(page_client, cast.clerk).get(address).status_code == 404


def test_others_jobs_are_not_there(cast, sign_in, page_client):
    job = make_job(cast.reviewer)
    assert sign_in(page_client, cast.clerk).get(page_of(job)).status_code == 404


def lines_of(owner, days, state="done"):
    """A job that ended so many days ago, with one line."""
    ended = timezone.now() - dt.timedelta(days=days)
    job = make_job(owner, state, **({"finished_at": ended} if state == "done" else {}))
    JobLine.objects.create(job=job, subject="penalty:1", label="一条", done=True)
    Job.objects.filter(pk=job.pk).update(created_at=ended)
    return job


def test_logs_of_long_ended_jobs_are_swept_and_the_jobs_stay(cast, settings, monkeypatch):
    settings.JOB_LINES_KEPT_DAYS = 100
    old, young, open_job = (
        lines_of(cast.clerk, 101),
        lines_of(cast.clerk, 99),
        lines_of(cast.clerk, 400, "running"),
    )
    assert sweep_lines() == 1
    assert set(JobLine.objects.values_list("job", flat=True)) == {young.pk, open_job.pk}
    assert Job.objects.filter(pk=old.pk).exists()

    settings.JOB_LINES_KEPT_DAYS = 1  # no setting goes below ninety days
    kept = lines_of(cast.clerk, 89)
    gone = [lines_of(cast.clerk, 91), lines_of(cast.clerk, 92)]
    monkeypatch.setattr("credit_portal.jobs.services.seeing.LINES_AT_ONCE", 2)
    assert (sweep_lines(), sweep_lines()) == (2, 1)  # young went with the lower limit
    assert set(JobLine.objects.values_list("job", flat=True)) == {kept.pk, open_job.pk}
    assert Job.objects.filter(pk__in=[job.pk for job in gone]).count() == 2


def test_the_sweep_says_what_it_took(cast):
    lines_of(cast.clerk, 400)
    assert tasks.sweep_results().words == "清理 0 个文件，1 条任务明细"


def test_the_log_says_until_when_it_is_kept(cast, sign_in, page_client):
    job = lines_of(cast.clerk, 1)
    until = timezone.localdate(job.finished_at + dt.timedelta(days=180))
    client = sign_in(page_client, cast.clerk)
    assert f"逐条结果保留到 {until:%Y-%m-%d}" in client.get(page_of(job)).content.decode()
    running = lines_of(cast.clerk, 1, "running")
    assert "逐条结果保留到" not in client.get(page_of(running)).content.decode()


def test_the_way_back_and_the_progress_in_words(cast, sign_in, page_client, monkeypatch):
    monkeypatch.setitem(
        PLACES, "tests.unknown", lambda job: Place("/staff/x/?state=draft", "返回列表")
    )
    job = make_job(cast.clerk, "running", done=3, total=12)
    client = sign_in(page_client, cast.clerk)
    page = client.get(page_of(job)).content.decode()
    assert "已处理 3 / 12 条" in page
    assert 'href="/staff/x/?state=draft"' in page
    assert [step["label"] for step in client.get(page_of(job)).context["crumbs"]] == [
        "待办",
        "我的任务",
        "导出行政处罚",
    ]
    for facts, words in (
        ({"state": "waiting"}, "排队等候"),
        ({"state": "running", "done": 7}, "已处理 7 条"),
        ({"state": "running"}, "正在处理"),
    ):
        page = client.get(page_of(make_job(cast.clerk, **facts))).content.decode()
        assert words in page
        assert "hx-get" in page


def test_a_second_link_skips_to_the_list_when_there_is_one(cast, sign_in, page_client):
    client = sign_in(page_client, cast.clerk)
    assert "跳到列表" not in client.get(LIST).content.decode()
    make_job(cast.clerk)
    page = client.get(LIST).content.decode()
    assert '<a class="skip-link" href="#list">跳到列表</a>' in page
    assert 'id="list" tabindex="-1"' in page
