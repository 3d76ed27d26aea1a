"""Uploading, previewing, importing, taking back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from credit_portal.jobs.models import Job
from publicity.models import ImportBatch, ImportRow
from tests.factories.publicity import make_penalty, submitted

from .batches import address_of, job_for, make_batch, make_line

LIST = reverse("staff:publicity:batch_list")
NEW = reverse("staff:publicity:batch_create")


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_list_shows_counts_and_states(team, desk):
    make_batch(team, rows=1000, accepted=963, to_confirm=2, rejected=35)
    page = desk(team.clerk).get(LIST).content.decode()
    for words in ("九月.xlsx", "963", "35", "待确认导入", "上传表格"):
        assert words in page
    assert "上传表格" not in desk(team.reviewer).get(LIST).content.decode()


def test_an_empty_list_says_how_to_begin(team, desk, cast):
    page = desk(team.clerk).get(LIST).content.decode()
    for kind in ("penalty", "permit"):
        assert f'href="{reverse("staff:publicity:template", args=[kind])}"' in page
    page = desk(cast.officer).get(LIST).content.decode()
    assert "您有权查看的部门没有导入记录" in page
    assert "官方模板" not in page  # who uploads nothing may not fetch it either


def test_the_list_asks_the_same_number_of_queries(team, desk, queries_of):
    client = desk(team.clerk)
    make_batch(team)
    one = queries_of(client, LIST)
    for _ in range(7):
        make_batch(team)
    assert queries_of(client, LIST) == one


def test_upload_offers_templates_and_keeps_the_kind(team, desk):
    page = desk(team.clerk).get(NEW, {"kind": "permit"})
    assert reverse("staff:publicity:template", args=["permit"]) in page.content.decode()
    assert page.context["form"].initial["kind"] == "permit"
    assert "kind" not in desk(team.clerk).get(NEW, {"kind": "x"}).context["form"].initial


def test_uploading_leads_to_the_preview(team, desk):
    upload = SimpleUploadedFile("九月.xlsx", b"content")
    facts = {"kind": "penalty", "department": team.department.pk, "file": upload}
    response = desk(team.clerk).post(NEW, facts)
    batch = ImportBatch.objects.get()
    assert response.url == address_of(batch)
    assert (batch.filename, batch.state) == ("九月.xlsx", "received")


def test_the_same_file_again_is_refused_and_the_choice_kept(team, desk):
    client = desk(team.clerk)
    for _ in range(2):
        facts = {"kind": "permit", "department": team.department.pk}
        response = client.post(NEW, facts | {"file": SimpleUploadedFile("九月.xlsx", b"content")})
    page = response.content.decode()
    assert "没有重复接收" in page
    assert "打开已上传的那一批" in page
    assert '<option value="permit" selected' in page
    assert ImportBatch.objects.count() == 1


def test_no_file_and_an_empty_file_are_told_apart(team, desk):
    client = desk(team.clerk)
    facts = {"kind": "penalty", "department": team.department.pk}
    assert "请选择要上传的表格文件" in client.post(NEW, facts).content.decode()
    empty = facts | {"file": SimpleUploadedFile("空.xlsx", b"")}
    assert "文件是空的" in client.post(NEW, empty).content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_file_over_the_limit_is_refused(team, desk, monkeypatch):
    monkeypatch.setattr("publicity.forms.MAX_UPLOAD", 3)
    facts = {"kind": "penalty", "department": team.department.pk}
    response = desk(team.clerk).post(NEW, facts | {"file": SimpleUploadedFile("大.xlsx", b"1234")})
    assert "文件超过 20 MB" in response.content.decode()
    assert ImportBatch.objects.count() == 0


def test_reviewers_do_not_upload(team, desk):
    assert desk(team.reviewer).get(NEW).status_code == 403


def test_progress_works_without_script(team, desk):
    batch = make_batch(team, state="received")
    job_for(batch)
    page = desk(team.clerk).get(address_of(batch)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "<progress" in page


def test_the_bar_is_fetched_alone_and_the_end_reloads_the_page(team, desk):
    batch = make_batch(team, state="received")
    job = job_for(batch)
    client = desk(team.clerk)
    fragment = client.get(address_of(batch), headers={"HX-Request": "true"})
    assert fragment.content.decode().count("<progress") == 1
    assert "<html" not in fragment.content.decode()
    job.delete()
    over = client.get(address_of(batch), headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_a_job_that_ends_while_its_page_is_made_is_not_lost(team, desk):
    """Whatever is read first, the page either watches the job or shows what became of the batch."""
    batch = make_batch(team, rows=1, accepted=1)
    job = job_for(batch, state="running", started_at=timezone.now(), heartbeat_at=timezone.now())
    ended = []

    def end_after_the_first_look(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        looked = "publicity_importbatch" in sql or "jobs_job" in sql
        if looked and not ended:
            ended.append(sql)
            ImportBatch.objects.filter(pk=batch.pk).update(state="imported", imported=1)
            Job.objects.filter(pk=job.pk).update(state="done", finished_at=timezone.now())
        return answer

    client = desk(team.clerk)
    with connection.execute_wrapper(end_after_the_first_look):
        page = client.get(address_of(batch)).content.decode()
    assert ended
    assert "hx-get" in page or "待确认导入" not in page


def test_a_job_that_failed_says_so(team, desk):
    batch = make_batch(team)
    job_for(
        batch,
        state="failed",
        message="检查中断，请重新上传。",
        finished_at=timezone.now(),
        attempts=3,
    )
    assert "检查中断，请重新上传。" in desk(team.clerk).get(address_of(batch)).content.decode()


def test_a_refused_file_says_why_and_what_to_do(team, desk):
    batch = make_batch(team, state="refused", refusal="这不是 .xlsx 工作簿。")
    page = desk(team.clerk).get(address_of(batch)).content.decode()
    assert "这不是 .xlsx 工作簿。" in page
    assert "改好后重新上传" in page
    job_for(batch)
    page = desk(team.clerk).get(address_of(batch)).content.decode()
    assert "导入中" not in page
    Job.objects.update(state="failed", message="这不是 .xlsx 工作簿。", finished_at=timezone.now())
    assert "没有完成" not in desk(team.clerk).get(address_of(batch)).content.decode()


def test_an_undone_batch_does_not_count_as_imported(team, desk):
    make_batch(team, state="undone", rows=963, accepted=960, imported=961)
    page = desk(team.clerk).get(LIST).content.decode()
    assert "961" not in page


def test_the_preview_names_row_column_and_sentence(team, desk):
    batch = make_batch(team, rows=3, accepted=1, to_confirm=1, rejected=1)
    note = {"code": "w", "field": "party_name", "column": "名称", "sentence": "全角转为半角。"}
    make_line(batch, 4, cleaned=[note])
    make_line(batch, 5, "confirm")
    make_line(batch, 6, "accept", existing=True)
    client = desk(team.clerk)
    page = client.get(address_of(batch))
    assert page.context["verdict"] == "reject"
    for words in (
        "统一社会信用代码",
        "校验码有误。",
        "全角转为半角。",
        "导入勾选的行",
        "第 5 行 第5公司",
    ):
        assert words in page.content.decode()
    known = client.get(address_of(batch), {"verdict": "existing"}).content.decode()
    assert "不会重复导入。" in known


def test_the_button_says_how_many_will_be_imported(team, desk):
    batch = make_batch(team, rows=2, accepted=2)
    for row in (4, 5):
        make_line(batch, row, "accept")
    assert "导入 2 条" in desk(team.clerk).get(address_of(batch)).content.decode()
    assert "导入 2 条" not in desk(team.reviewer).get(address_of(batch)).content.decode()


def test_nothing_to_import(team, desk):
    batch = make_batch(team, rows=1, rejected=1)
    make_line(batch, 4)
    page = desk(team.clerk).get(address_of(batch)).content.decode()
    assert "没有可以导入的行" in page
    assert "下载有误行" in page


def test_only_the_first_doubtful_rows_are_listed(team, desk, monkeypatch):
    monkeypatch.setattr("publicity.views.staff.batches.CONFIRM_SHOWN", 1)
    batch = make_batch(team, rows=2, to_confirm=2)
    for row in (4, 5):
        make_line(batch, row, "confirm")
    assert "此处只列出前 1 行" in desk(team.clerk).get(address_of(batch)).content.decode()


def test_the_preview_asks_the_same_number_of_queries(team, desk, queries_of):
    batch = make_batch(team, rows=8, rejected=8)
    client = desk(team.clerk)
    make_line(batch, 4)
    one = queries_of(client, address_of(batch))
    for row in range(5, 12):
        make_line(batch, row)
    assert queries_of(client, address_of(batch)) == one


def test_importing_confirms_what_was_ticked(team, desk):
    batch = make_batch(team, rows=2, to_confirm=2)
    ticked, other = make_line(batch, 4, "confirm"), make_line(batch, 5, "confirm")
    facts = {"confirmed": [ticked.pk, "x"]}
    page = desk(team.clerk).post(address_of(batch, "import"), facts, follow=True).content.decode()
    assert "已开始导入" in page
    assert list(batch.lines.filter(confirmed=True)) == [ticked]
    assert other.pk


def test_a_sheet_of_another_organ_is_taken_only_when_confirmed(team, desk):
    batch = make_batch(team, rows=1, accepted=1, filer="寿县应急管理局")
    make_line(batch, 4, "accept")
    client = desk(team.clerk)
    page = client.get(address_of(batch)).content.decode()
    words = "表中写的填报单位是“寿县应急管理局”，本批将以“淮南市应急管理局”的名义导入。"
    assert words in page
    assert 'name="filer_confirmed" value="1" required' in page
    refused = client.post(address_of(batch, "import"), follow=True).content.decode()
    assert "表中的填报单位是“寿县应急管理局”" in refused
    assert Job.objects.count() == 0
    done = client.post(address_of(batch, "import"), {"filer_confirmed": "1"}, follow=True)
    assert "已开始导入" in done.content.decode()
    assert "已确认由本单位填报" in [entry.reason for entry in done.context["timeline"]][-1]


@pytest.mark.parametrize("filer", ["", "淮南市 应急管理局"])
def test_a_sheet_of_the_own_organ_asks_nothing(team, desk, filer):
    batch = make_batch(team, rows=1, accepted=1, filer=filer)
    make_line(batch, 4, "accept")
    assert "填报单位不一致" not in desk(team.clerk).get(address_of(batch)).content.decode()


def test_importing_nothing_is_refused(team, desk):
    batch = make_batch(team, rows=1, to_confirm=1)
    make_line(batch, 4, "confirm")
    page = desk(team.clerk).post(address_of(batch, "import"), follow=True).content.decode()
    assert "没有要导入的新行" in page
    assert Job.objects.count() == 0


def test_the_result_leads_to_its_decisions_and_to_the_next_step(team, desk):
    batch = make_batch(team, state="imported", rows=3, accepted=3, imported=2, existing=1)
    make_penalty(team, number=1, batch=batch)
    submitted(make_penalty(team, number=2, batch=batch), team)
    page = desk(team.clerk).get(address_of(batch)).content.decode()
    for words in (
        "已导入 2 条",
        "草稿 1 条",
        "待审核 1 条",
        "提交审核 1 条",
        "另有 1 条系统中已有",
        f"?batch={batch.pk}",
    ):
        assert words in page


@pytest.mark.parametrize("step", ["import", "undo"])
def test_reviewers_change_no_batch(team, desk, step):
    batch = make_batch(team, rows=1, accepted=1)
    assert desk(team.reviewer).post(address_of(batch, step)).status_code == 403
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_batches_of_others_are_not_found(team, desk, cast):
    batch = make_batch(team)
    for page in ("detail", "faulty"):
        assert desk(cast.other_clerk).get(address_of(batch, page)).status_code == 404


def test_without_faults_there_is_no_workbook(team, desk):
    assert desk(team.clerk).get(address_of(make_batch(team), "faulty")).status_code == 404


def test_the_template_comes_as_a_workbook(team, desk):
    response = desk(team.clerk).get(reverse("staff:publicity:template", args=["penalty"]))
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert response.content[:2] == b"PK"
    assert desk(team.clerk).get(reverse("staff:publicity:template", args=["x"])).status_code == 404


def test_faulty_rows_come_back_in_their_own_workbook(team, desk, tmp_path):
    batch = make_batch(team, rows=1, rejected=1)
    source = SimpleNamespace(path="tests/data/penalties-2026-10.xlsx")
    with open(source.path, "rb") as file:
        batch.file.save("y.xlsx", ContentFile(file.read()))
    make_line(batch, 4)
    response = desk(team.clerk).get(address_of(batch, "faulty"))
    assert response.content[:2] == b"PK"
    assert "attachment" in response.headers["Content-Disposition"]


def test_a_remark_says_its_column_once_and_a_warning_is_a_reminder(team, desk):
    batch = make_batch(team, rows=1, rejected=1)
    problems = [
        {"column": "决定日期", "sentence": "最迟公示日已经超过。", "severity": "warn"},
        {"column": "处罚依据", "sentence": "“处罚依据”没有填写，请补填。", "severity": "reject"},
    ]
    make_line(batch, 4, problems=problems)
    (row,) = desk(team.clerk).get(address_of(batch)).context["rows"]
    assert row["problems"] == [
        {"column": "处罚依据", "sentence": "没有填写，请补填。"},
        {"column": "提醒", "sentence": "最迟公示日已经超过。"},
    ]


def test_known_rows_have_a_count_of_their_own(team, desk):
    batch = make_batch(team, state="checked", rows=5, accepted=3, rejected=1, existing=2)
    for number, known in ((4, True), (5, True), (6, False)):
        ImportRow.objects.create(batch=batch, sheet_row=number, verdict="accept", existing=known)
    client = desk(team.clerk)

    page = client.get(address_of(batch), {"verdict": "existing"})

    items = [(item["label"], item["count"], item["note"]) for item in page.context["verdicts"]]
    assert items[0] == ("可导入", 1, "")
    assert items[3] == ("已有", 2, "不会重复导入")
    assert [row["number"] for row in page.context["rows"]] == [4, 5]
    assert "系统中已有的行" in page.content.decode()
    first = make_batch(team, state="checked", rows=3, accepted=3)
    assert [item["label"] for item in client.get(address_of(first)).context["verdicts"]] == [
        "可导入",
        "需确认",
        "有误",
    ]


def test_filters_and_order_of_the_list(team, desk):
    first = make_batch(team, filename="九月.xlsx", imported=9)
    second = make_batch(team, filename="十月.xlsx", state="refused", kind="permit")
    client = desk(team.clerk)

    def shown(**query):
        return [batch.pk for batch, _ in client.get(LIST, query).context["lines"]]

    assert shown() == [second.pk, first.pk]
    assert shown(q="十月") == [second.pk]
    assert shown(q=str(first.pk)) == [first.pk]
    assert shown(kind="penalty") == [first.pk]
    assert shown(state="refused") == [second.pk]
    assert shown(since="2099-01-01") == []
    assert shown(sort="-imported") == [first.pk, second.pk]
    assert shown(sort="x") == [second.pk, first.pk]
    assert "没有符合条件的批次" in client.get(LIST, {"state": "undone"}).content.decode()
