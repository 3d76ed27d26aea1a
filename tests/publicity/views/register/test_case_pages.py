"""Cases on the desk, and tables of cases on their way in."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job
from publicity.models import RegisterUpload
from tests.factories.register import make_case

TABLE = "案件编号,当事人,决定日期,决定书文号\n案1,甲公司,2026-10-09,罚〔2026〕1号\n案2,,2026-10-09,罚〔2026〕2号\n"


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(client, pages, content=TABLE, **facts):
    file = SimpleUploadedFile("台账.csv", content.encode())
    return client.post(pages("register_upload_create"), {"kind": "penalty", "file": file} | facts)


def test_a_table_is_uploaded_read_and_its_faults_given_back(team, desk, pages):
    client = desk(team.clerk)
    assert "上传并读取" in client.get(pages("register_upload_create")).content.decode()
    address = send(client, pages).url
    assert "读取案件台账" in client.get(address).content.decode()
    running = client.get(address, headers={"HX-Request": "true"})
    assert "progress" in running.content.decode()
    jobs.run(Job.objects.get(kind="publicity.take_register").pk)

    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    text = client.get(address).content.decode()
    assert "没有填写行政相对人" in text
    upload = RegisterUpload.objects.get()
    faulty = client.get(pages("register_faulty", pk=upload.pk))
    sheet = openpyxl.load_workbook(io.BytesIO(faulty.content)).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0][-2:] == ["原因", "原表行号"]
    assert rows[1][0] == "案2"
    assert "没有填写" in rows[1][-2]


def test_what_was_given_back_can_be_uploaded_as_it_is(team, desk, pages):
    client = desk(team.clerk)
    send(client, pages)
    jobs.run(Job.objects.get().pk)
    upload = RegisterUpload.objects.get()
    content = client.get(pages("register_faulty", pk=upload.pk)).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["B2"] = "乙公司"
    target = io.BytesIO()
    book.save(target)
    file = SimpleUploadedFile("改好.xlsx", target.getvalue())
    client.post(pages("register_upload_create"), {"kind": "", "file": file})
    jobs.run(Job.objects.order_by("-pk").first().pk)
    assert RegisterUpload.objects.order_by("-pk").first().created == 1


def test_a_refused_table_says_why(team, desk, pages):
    client = desk(team.clerk)
    address = send(client, pages, content="甲,乙\n1,2\n").url
    jobs.run(Job.objects.get().pk)
    assert "没有找到表头" in client.get(address).content.decode()


def test_files_that_are_too_large_or_empty_stay_out(team, desk, pages, monkeypatch):
    from publicity import register_forms

    monkeypatch.setattr(register_forms, "MAX_UPLOAD", 10)
    client = desk(team.clerk)
    assert "文件超过 20 MB" in send(client, pages).content.decode()
    assert "文件是空的" in send(client, pages, content="").content.decode()
    assert not RegisterUpload.objects.exists()


def test_due_cases_come_first_and_filters_live_in_the_address(team, desk, pages, queries_of):
    day = timezone.localdate() - dt.timedelta(days=60)
    client = desk(team.reviewer)
    assert "还没有案件" in client.get(pages("register_cases")).content.decode()
    make_case(team, 1, decided_on=day)
    make_case(team, 2)
    page = client.get(pages("register_cases"))
    assert [line.case.case_number for line in page.context["lines"]] == ["案0001"]
    assert "应报未报，逾期" in page.content.decode()
    one = queries_of(client, pages("register_cases"))
    for number in range(3, 9):
        make_case(team, number, decided_on=day)
    assert queries_of(client, pages("register_cases")) == one
    every = client.get(pages("register_cases"), {"show": "all"})
    assert len(every.context["lines"]) == 8
    asked = {"q": "案0004", "kind": "penalty", "month": f"{day:%Y-%m}"}
    found = client.get(pages("register_cases"), asked)
    assert [line.case.case_number for line in found.context["lines"]] == ["案0004"]
    none = client.get(pages("register_cases"), {"kind": "permit"})
    assert "没有符合条件的案件" in none.content.decode()


def test_nothing_due_is_good_news(team, desk, pages):
    client = desk(team.clerk)
    send(client, pages)
    assert "没有应报未报的案件" in client.get(pages("register_cases")).content.decode()
