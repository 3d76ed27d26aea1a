"""The decision list as a workbook."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from credit_portal.audit.models import AuditEvent
from credit_portal.jobs.models import Job
from credit_portal.jobs.services import run
from publicity.services import exporting
from tests.factories.publicity import Team, make_department, make_penalty, make_team, submitted
from tests.pages import PageClient

KIND = "staff:publicity:decision_list:penalty"
EXPORT = reverse("staff:publicity:decision_export", args=["penalty"])


@pytest.fixture
def team(cast):
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@pytest.fixture
def client(sign_in, team, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return sign_in(PageClient(), team.clerk)


def exported(client, query=""):
    """Ask as for a long list, let the worker run, download; the job and the rows of the sheet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "AT_ONCE", 0)
        client.post(EXPORT + query)
    job = Job.objects.order_by("pk").last()
    run(job.pk)
    job.refresh_from_db()
    if not job.file:
        return job, []
    with job.file.open("rb") as content:
        sheet = load_workbook(content).active
        return job, [list(row) for row in sheet.iter_rows()]


def values(rows):
    return [[cell.value for cell in row] for row in rows]


def test_the_sheet_holds_the_present_filter_order_and_columns(client, team):
    make_penalty(team, number=2)
    make_penalty(team, number=1)
    submitted(make_penalty(team, number=3), team)
    other = make_team(make_department("11340400MATX21HJ7K", "淮南市住房和城乡建设局"), "o")
    make_penalty(other, number=4)
    columns = {"page": KIND, "columns": ["state", "document"]}
    client.post(reverse("staff:desk:columns"), columns)

    job, rows = exported(client, "?state=draft&sort=decided&page=7")

    assert values(rows)[0] == ["行政相对人", "统一社会信用代码", "文书号", "状态"]
    assert [row[2].rpartition("〕")[2] for row in values(rows)[1:]] == ["2号", "1号"]
    assert (job.state, job.message, job.done, job.total) == ("done", "已导出 2 条。", 2, 2)
    assert job.filename.startswith("行政处罚-")
    event = AuditEvent.objects.get(action="decision.exported")
    assert event.changes == {"条数": 2, "条件": "state=draft&sort=decided"}
    page = client.get(reverse("staff:jobs:detail", args=[job.pk])).content.decode()
    assert "下载表格" in page
    assert "返回列表" in page


def test_codes_are_text_and_nothing_is_a_formula(client, team):
    make_penalty(team, person=True, party_name="=HYPERLINK(1)\x07")
    make_penalty(team, number=2)
    _, rows = exported(client)
    for row in rows:
        for cell in row:
            assert cell.data_type != "f"
            assert cell.value is None or isinstance(cell.value, str)
            assert cell.number_format == "@"
    names = {row[0].value: row[0] for row in rows}
    assert names["=HYPERLINK(1)"].quotePrefix
    assert rows[1][1].value == "91340405MAYHMM8F8X" or rows[2][1].value == "91340405MAYHMM8F8X"


def test_every_column_has_a_text(client, team):
    make_penalty(team)
    keys = [choice["key"] for choice in client.get(f"{LIST}").context["column_choices"]]
    client.post(reverse("staff:desk:columns"), {"page": KIND, "columns": keys})
    _, rows = exported(client)
    text = dict(zip(*values(rows), strict=True))
    assert text["录入人"] == "王静"
    assert text["事项"] == "罚款 3.2 万元"
    assert text["市平台"] == "未报送"
    assert text["公示时间"] is None


LIST = reverse("staff:publicity:decision_list", args=["penalty"])


def test_nothing_and_too_much_are_said(client, team, monkeypatch):
    for query in ("", "?until=x"):
        answer = client.post(EXPORT + query, follow=True)
        assert "没有符合条件的信息可以导出" in answer.content.decode()
    assert not Job.objects.exists()
    decision = make_penalty(team)
    monkeypatch.setattr(exporting, "MOST", 0)
    job, _ = exported(client)
    assert "超过 0 条，请按月份或状态缩小范围" in job.message
    asked = {"kind": "penalty", "query": "", "columns": ["state"], "by": team.clerk}
    job = exporting.request_export(**asked)
    decision.delete()  # all rows go before the worker comes
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", exporting.NOTHING)


def test_a_short_list_comes_at_once(client, team, monkeypatch):
    make_penalty(team, number=1)
    submitted(make_penalty(team, number=2), team)

    answer = client.post(EXPORT + "?state=draft&page=9")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"] or "private" in answer["Cache-Control"]
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [row[2].rpartition("〕")[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "1号"
    ]
    assert not Job.objects.exists()
    event = AuditEvent.objects.get(action="decision.exported")
    assert event.changes == {"条数": 1, "条件": "state=draft"}

    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    job_page = client.post(EXPORT)
    assert job_page.url == reverse("staff:jobs:detail", args=[Job.objects.get().pk])


def test_who_has_no_department_is_noted_too(team, settings, tmp_path):
    make_penalty(team)
    team.clerk.department = None
    team.clerk.save()
    book = exporting.export_at_once(kind="penalty", query="", columns=["state"], by=team.clerk)
    assert book.filename.startswith("行政处罚-")
    assert AuditEvent.objects.get(action="decision.exported").department_code == ""


def test_an_attempt_that_died_leaves_no_second_file(client, team, tmp_path):
    make_penalty(team)
    job, _ = exported(client)
    exporting.export_decisions(job=job, progress=lambda done, total: None)
    assert len(list(tmp_path.rglob("*.xlsx"))) == 1
