"""Tables of cases come into the register: whole, once, and nothing a department said before goes away."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.audit.models import AuditEvent
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job
from credit_portal.jobs.registry import place_of
from publicity import services
from publicity.models import RegisterCase, RegisterUpload
from tests.factories.publicity import make_department, make_team

from .intake.builders import workbook

HEADER = ["案件编号", "当事人", "决定日期", "决定书文号", "种类", "办理状态"]
ROWS = [
    ["案1", "甲公司", "2026-10-09", "（淮）应急罚〔2026〕1号", "行政处罚", "结案"],
    ["案2", "乙公司", None, None, "行政处罚", "调查取证"],
    ["案3", "", "2026-10-10", "（淮）应急罚〔2026〕3号", "行政处罚", "结案"],
]


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-11-20 12:00+08:00", tick=False):
        yield


def receive(team, rows, name="台账.xlsx", **facts):
    content = workbook([HEADER, *rows]).getvalue() if isinstance(rows, list) else rows
    return services.receive_register(
        upload=SimpleUploadedFile(name, content),
        department=team.department,
        by=team.clerk,
        **facts,
    )


def taken(team, rows, **facts):
    return services.take_register(upload=receive(team, rows, **facts))


def outcome(upload):
    return upload.created, upload.changed, upload.unchanged, upload.rejected


def test_good_rows_go_in_and_faulty_ones_are_told(team):
    upload = taken(team, ROWS)

    assert (upload.state, upload.rows, upload.header_row) == ("taken", 3, 1)
    assert outcome(upload) == (2, 0, 0, 1)
    decided, opened = RegisterCase.objects.order_by("case_number")
    assert (decided.state, decided.decided_on) == ("decided", dt.date(2026, 10, 9))
    assert (decided.number_stem, decided.number_value) == ("淮应急罚||号", 1)
    assert (opened.state, opened.decided_on, str(opened)) == ("open", None, "案2 乙公司")
    (line,) = upload.lines.all()
    assert (line.sheet_row, str(line), line.values["case_number"]) == (4, "第 4 行", "案3")
    assert AuditEvent.objects.filter(action="register.taken").count() == 1


def test_the_same_table_again_changes_nothing(team):
    taken(team, ROWS)
    again = taken(team, ROWS)
    assert outcome(again) == (0, 0, 2, 1)
    assert RegisterCase.objects.count() == 2


def test_a_table_is_read_once_however_often_the_job_runs(team):
    upload = taken(team, ROWS)
    services.take_register(upload=upload)
    assert upload.lines.count() == 1
    assert AuditEvent.objects.filter(action="register.taken").count() == 1


def test_the_same_row_twice_in_a_table_is_one(team):
    assert outcome(taken(team, [ROWS[0], ROWS[0]])) == (1, 0, 1, 0)


def test_a_later_table_corrects_but_takes_no_day_away(team):
    taken(team, ROWS[:1])
    blank = ["案1", "甲公司（更名）", None, None, "行政处罚", "办理中"]
    assert outcome(taken(team, [blank])) == (0, 1, 0, 0)
    case = RegisterCase.objects.get()
    assert (case.party_name, case.state, case.decided_on) == (
        "甲公司（更名）",
        "decided",
        dt.date(2026, 10, 9),
    )
    assert case.document_number == "（淮）应急罚〔2026〕1号"
    taken(team, [[*blank[:5], "销案"]])
    case.refresh_from_db()
    assert (case.state, case.decided_on) == ("dropped", dt.date(2026, 10, 9))


def test_each_department_has_its_own_numbers(team):
    other = make_team(make_department("11340400MATX21HJ7K", "住建局"), prefix="other-")
    taken(team, ROWS[:1])
    assert outcome(taken(other, ROWS[:1])) == (1, 0, 0, 0)
    with pytest.raises(NotAllowed):
        services.receive_register(
            upload=SimpleUploadedFile("x.csv", b"x"), department=team.department, by=other.clerk
        )


def test_a_table_that_cannot_be_read_is_kept_with_the_reason(team):
    upload = taken(team, b"a,b\n1,2\n", name="x.csv")
    assert upload.state == RegisterUpload.State.REFUSED
    assert "没有找到表头" in upload.refusal
    with upload.file.open("rb") as kept:
        assert kept.read() == b"a,b\n1,2\n"
    assert str(upload) == "案件台账 x.csv"


@pytest.mark.parametrize(
    ("rows", "words"), [(ROWS, "新增 2 件，更新 0 件，有误 1 行。"), (b"a,b", "没有找到表头")]
)
def test_the_job_says_what_became_of_it(team, rows, words):
    upload = receive(team, rows, name="x.csv" if isinstance(rows, bytes) else "x.xlsx")
    job = Job.objects.get(kind="publicity.take_register", subject_id=str(upload.pk))
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert words in job.message
    assert place_of(job).url.endswith(f"/cases/uploads/{upload.pk}/")
