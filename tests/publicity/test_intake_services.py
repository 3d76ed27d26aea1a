"""A workbook from upload to drafts: once, all or nothing, and back again."""

import hashlib
import json
import threading

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from credit_portal.jobs.models import Job
from credit_portal.jobs.services import run
from publicity import services
from publicity.exceptions import BatchRefused
from publicity.models import ImportBatch, ImportRow, PenaltyDecision, PermitDecision
from publicity.selectors.batches import faulty_lines, preview_lines
from publicity.selectors.history import history
from tests.factories.publicity import make_department, make_team, submitted

from .workbooks import (
    DATA,
    UPLOADED,
    ready,
    receive,
    second_copy,
    upload,
    wait_until_somebody_waits,
)


@time_machine.travel(UPLOADED, tick=False)
def test_the_preview_counts_the_sample(city):
    batch = ready(city)

    assert (batch.rows, batch.accepted, batch.to_confirm, batch.rejected) == (1000, 963, 2, 35)
    assert (batch.state, batch.existing, batch.header_row) == ("checked", 0, 3)
    line = preview_lines(batch, "reject").first()
    assert "统一社会信用代码" in line.problems[0]["column"]
    assert len(faulty_lines(batch)) == 37
    assert Job.objects.get().kind == "publicity.check_batch"


@time_machine.travel(UPLOADED, tick=False)
def test_good_rows_become_drafts_and_a_second_load_adds_none(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)

    assert batch.imported == PenaltyDecision.objects.count() == 963
    decision = PenaltyDecision.objects.get(batch_row=4)
    assert decision.entity.code == decision.party_code == "92340404MANGC3RH83"
    assert (decision.state, decision.created_by, decision.department) == (
        "draft",
        city.clerk,
        city.department,
    )
    assert str(decision.fine_amount) == "7.740000"
    (entry,) = history(decision)
    assert (entry.what, entry.reason) == ("导入", f"第 {batch.pk} 批，表中第 4 行")
    assert str(decision.deadline_on) == "2026-10-08"
    assert decision.deadline_explained["rule"] == "publicity.deadline"
    assert services.import_batch(batch=batch, by=city.clerk).imported == 963

    again = services.import_batch(batch=second_copy(city, batch), by=city.clerk)
    assert (again.existing, again.imported) == (963, 0)
    assert PenaltyDecision.objects.count() == 963


@time_machine.travel(UPLOADED, tick=False)
def test_a_row_under_the_number_of_another_day_says_so_and_goes_in(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)
    row = PenaltyDecision.objects.get(batch_row=4)
    PenaltyDecision.objects.filter(pk=row.pk).update(decided_on="2026-08-03")

    again = second_copy(city, batch)

    line = again.lines.get(sheet_row=4)
    (found,) = [one for one in line.problems if one["code"] == "number_used_before"]
    assert (found["severity"], found["field"]) == ("warn", "document_number")
    assert "决定日期是 2026-08-03。请留意核对文号和日期。" in found["sentence"]
    assert (line.verdict, line.existing, again.existing) == ("accept", False, 962)
    told = [one for line in again.lines.all() for one in line.problems]
    assert sum(one["code"] == "number_used_before" for one in told) == 1


@time_machine.travel(UPLOADED, tick=False)
def test_doubtful_rows_go_in_when_a_person_stands_by_them(city):
    batch = ready(city)
    doubtful = batch.lines.filter(verdict="confirm").first()

    services.confirm_rows(batch=batch, line_ids=[doubtful.pk], by=city.clerk)
    services.import_batch(batch=batch, by=city.clerk)

    assert PenaltyDecision.objects.count() == 964
    assert PenaltyDecision.objects.get(confirmed_by=city.clerk).batch_row == doubtful.sheet_row
    assert len(faulty_lines(batch)) == 36
    with pytest.raises(BatchRefused, match="“已导入”"):
        services.confirm_rows(batch=batch, line_ids=[], by=city.clerk)


@time_machine.travel(UPLOADED, tick=False)
def test_permits_come_in_the_same_way(city):
    batch = services.import_batch(
        batch=ready(city, name="permits-2026-10.xlsx", kind="permit"), by=city.clerk
    )

    assert batch.imported == PermitDecision.objects.count() == 250
    assert PermitDecision.objects.filter(permit_status="1").count() == 250


@time_machine.travel(UPLOADED, tick=False)
def test_the_same_bytes_are_one_batch(city):
    batch = receive(city)

    with pytest.raises(BatchRefused, match=f"第 {batch.pk} 批"):
        receive(city)
    assert ImportBatch.objects.count() == Job.objects.count() == 1


@time_machine.travel(UPLOADED, tick=False)
def test_only_people_who_may_edit_upload(city):
    with pytest.raises(PermissionDenied):
        services.receive_workbook(
            kind="penalty",
            upload=upload("penalties-2026-10.xlsx"),
            department=city.department,
            by=city.reviewer,
        )
    assert not ImportBatch.objects.exists()


@time_machine.travel(UPLOADED, tick=False)
def test_rows_of_a_foreign_organ_are_refused_to_others(city):
    other = make_team(make_department("11340422MAEBD7E87U", "寿县应急管理局"), prefix="shou_")

    batch = ready(other)

    assert (batch.accepted, batch.rejected) == (185, 815)
    codes = {
        problem["code"]
        for line in batch.lines.filter(verdict="reject")
        for problem in line.problems
    }
    assert "authority_not_yours" in codes


@time_machine.travel(UPLOADED, tick=False)
def test_an_unreadable_file_ends_in_a_sentence(city):
    batch = services.receive_workbook(
        kind="penalty",
        upload=SimpleUploadedFile("空.xlsx", b"not a workbook"),
        department=city.department,
        by=city.clerk,
    )

    batch = services.check_batch(batch=batch)

    assert batch.state == "refused"
    assert batch.refusal
    assert not ImportRow.objects.exists()
    with pytest.raises(BatchRefused, match="不能导入"):
        services.confirm_rows(batch=batch, line_ids=[], by=city.clerk)
    with pytest.raises(BatchRefused, match="不能撤销"):
        services.undo_batch(batch=batch, by=city.clerk)


@time_machine.travel(UPLOADED, tick=False)
def test_a_batch_can_be_undone_until_something_is_approved(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)
    some = list(PenaltyDecision.objects.order_by("pk")[:2])
    submitted(some[0], city)

    assert services.undo_batch(batch=batch, by=city.clerk) == 963
    assert not PenaltyDecision.objects.exists()

    batch = services.import_batch(batch=ready(city), by=city.clerk)
    first = submitted(PenaltyDecision.objects.first(), city)
    services.approve(kind="penalty", ids=[first.pk], by=city.reviewer, late_reason="补录。")
    with pytest.raises(BatchRefused, match="已有 1 条审核通过"):
        services.undo_batch(batch=batch, by=city.clerk)
    assert PenaltyDecision.objects.count() == 963


@time_machine.travel(UPLOADED, tick=False)
def test_a_correction_of_a_public_decision_keeps_its_batch(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)
    first = PenaltyDecision.objects.first()
    PenaltyDecision.objects.filter(pk=first.pk).update(version=2)  # corrected, and a draft again

    with pytest.raises(BatchRefused, match="已有 1 条审核通过"):
        services.undo_batch(batch=batch, by=city.clerk)


@time_machine.travel(UPLOADED, tick=False)
def test_a_batch_with_other_rows_than_were_read_stays(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)

    with pytest.raises(BatchRefused, match="由 962 条变为 963 条，没有撤销"):
        services.undo_batch(batch=batch, by=city.clerk, read=962)
    assert PenaltyDecision.objects.count() == 963
    assert services.undo_batch(batch=batch, by=city.clerk, read=963) == 963


@time_machine.travel(UPLOADED, tick=False)
def test_a_file_without_good_rows_is_not_imported(city):
    batch = ready(city)
    batch.lines.filter(verdict="accept").delete()

    with pytest.raises(BatchRefused, match="没有要导入的新行"):
        services.confirm_rows(batch=batch, line_ids=[], by=city.clerk)


@time_machine.travel(UPLOADED, tick=False)
def test_the_command_imports_and_says_so_in_json(city, capsys):
    path = str(DATA / "penalties-2026-10.xlsx")

    call_command("import_decisions", path, "--as", "clerk", "--json")
    answer = json.loads(capsys.readouterr().out)
    call_command("import_decisions", path, "--as", "clerk", "--json")
    again = json.loads(capsys.readouterr().out)

    assert answer["counts"] == {
        "rows": 1000,
        "accept": 963,
        "confirm": 2,
        "reject": 35,
        "late": 811,
    }
    assert (answer["existing"], again["existing"]) == (0, 963)
    assert (answer["imported"], again["imported"], again["batch"]) == (963, 0, answer["batch"])
    expected = json.loads((DATA / "penalties-2026-10.expected.json").read_text(encoding="utf-8"))
    assert [
        (row["row"], row["verdict"], row["why"], row["deadline"]) for row in answer["rows"]
    ] == [(row["row"], row["verdict"], row["why"], row.get("deadline")) for row in expected["rows"]]
    with pytest.raises(CommandError, match="没有用户"):
        call_command("import_decisions", path, "--as", "nobody")
    with pytest.raises(CommandError, match="没有录入"):
        call_command("import_decisions", path, "--as", "reviewer")


@time_machine.travel(UPLOADED, tick=False)
def test_the_rates_command(city, capsys):
    services.import_batch(batch=ready(city), by=city.clerk)

    call_command("rates", "--month", "2026-10", "--json")
    answer = json.loads(capsys.readouterr().out)

    assert (
        answer["rates"]["report"]["denominator"]
        == PenaltyDecision.objects.filter(decided_on__month=10).count()
    )
    assert answer["rates"]["report"]["numerator"] == 0
    assert len(answer["departments"]) == 5
    call_command("rates", "--month", "202610", "--department", city.department.uscc)
    assert "上报率 0.0%" in capsys.readouterr().out
    for wrong in (["--month", "2026-13"], ["--month", "2026-10", "--department", "x"]):
        with pytest.raises(CommandError):
            call_command("rates", *wrong)


@time_machine.travel(UPLOADED, tick=False)
def test_jobs_check_and_import(city):
    batch = receive(city)

    run(Job.objects.get().pk)
    assert Job.objects.get().message == "可导入 963 条，需确认 2 条，有误 35 条。"
    services.confirm_rows(batch=batch, line_ids=[], by=city.clerk)
    run(Job.objects.get(kind="publicity.import_batch").pk)
    assert Job.objects.get(kind="publicity.import_batch").message == "已导入 963 条。"

    services.receive_workbook(
        kind="penalty",
        upload=SimpleUploadedFile("坏.xlsx", b"rubbish"),
        department=city.department,
        by=city.clerk,
    )
    run(Job.objects.order_by("pk").last().pk)
    job = Job.objects.order_by("pk").last()
    assert (job.state, job.message) == (
        "failed",
        ImportBatch.objects.order_by("pk").last().refusal,
    )


@time_machine.travel(UPLOADED, tick=False)
def test_unreadable_files_end_the_command_with_the_sentence(city, capsys, tmp_path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"rubbish")

    with pytest.raises(CommandError):
        call_command("import_decisions", str(path), "--as", "clerk", "--kind", "penalty", "--json")
    assert json.loads(capsys.readouterr().out)["error"]
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_decisions", str(tmp_path / "x.xlsx"), "--as", "clerk")
    call_command("import_decisions", str(DATA / "permits-2026-10.xlsx"), "--as", "clerk")
    assert "导入 250 条" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_clerks_is_told(settings, tmp_path):
    """Both upload the same bytes: the second insert waits for the first, then gives way."""
    settings.MEDIA_ROOT = tmp_path
    team = make_team()
    content = (DATA / "permits-2026-10.xlsx").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    answers = []

    def second():
        try:
            services.receive_workbook(
                kind="permit",
                upload=SimpleUploadedFile("同.xlsx", content),
                department=team.department,
                by=team.clerk,
            )
        except BatchRefused as refusal:
            answers.append(refusal.user_message)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        first = ImportBatch.objects.create(
            kind="permit",
            department=team.department,
            uploaded_by=team.clerk,
            filename="同.xlsx",
            digest=digest,
        )
        thread.start()
        wait_until_somebody_waits()
    thread.join()

    assert len(answers) == 1
    assert f"第 {first.pk} 批" in answers[0]
    assert ImportBatch.objects.count() == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@time_machine.travel(UPLOADED, tick=False)
def test_a_batch_whose_check_died_can_be_given_up(city):
    batch = receive(city)

    with pytest.raises(BatchRefused, match="正在检查"):
        services.undo_batch(batch=batch, by=city.clerk)
    Job.objects.update(state="failed", finished_at="2026-11-02T01:05Z")
    assert services.undo_batch(batch=batch, by=city.clerk) == 0
    assert receive(city).pk != batch.pk


@time_machine.travel(UPLOADED, tick=False)
def test_nothing_new_is_not_imported(city):
    batch = services.import_batch(batch=ready(city), by=city.clerk)
    copy = second_copy(city, batch)

    with pytest.raises(BatchRefused, match="没有要导入的新行"):
        services.confirm_rows(batch=copy, line_ids=[], by=city.clerk)
    copy.refresh_from_db()
    assert copy.state == "checked"


@time_machine.travel(UPLOADED, tick=False)
def test_a_path_that_cannot_be_written_is_said(city, capsys):
    with pytest.raises(CommandError, match="无法读写文件") as caught:
        call_command("make_sample_workbook", "--out", "/nonexistent/x.xlsx", "--rows", "100")
    assert caught.value.returncode == 2
