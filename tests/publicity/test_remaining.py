"""Doubtful rows left out of an import go in later: once, and only from the people of the batch."""

import threading

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from credit_portal.audit.selectors import timeline
from credit_portal.jobs.services import run
from publicity import services
from publicity.exceptions import BatchRefused
from publicity.models import PenaltyDecision
from publicity.selectors.batches import doubtful_lines, faulty_lines

from .workbooks import UPLOADED, ready, second_copy, wait_until_somebody_waits


def imported(team):
    """An imported batch of which two doubtful rows were left out, and these rows."""
    batch = services.import_batch(batch=ready(team), by=team.clerk)
    return batch, list(doubtful_lines(batch))


@time_machine.travel(UPLOADED, tick=False)
def test_rows_left_out_go_in_later(city):
    batch, (first, second) = imported(city)
    gone = PenaltyDecision.objects.get(batch_row=4)
    services.delete_draft(kind="penalty", pk=gone.pk, by=city.clerk, reason="重复录入。")

    job = services.confirm_remaining(batch=batch, line_ids=[first.pk], by=city.clerk)
    run(job.pk)

    job.refresh_from_db()
    batch.refresh_from_db()
    assert job.message == "已导入 1 条。"
    assert (batch.imported, batch.existing, batch.state) == (964, 0, "imported")
    decision = PenaltyDecision.objects.get(batch_row=first.sheet_row)
    assert (decision.state, decision.created_by, decision.confirmed_by) == (
        "draft",
        city.clerk,
        city.clerk,
    )
    assert not PenaltyDecision.objects.filter(batch_row=4).exists()  # what was deleted stays away
    assert list(doubtful_lines(batch)) == [second]
    assert len(faulty_lines(batch)) == 36
    with pytest.raises(BatchRefused, match="已导入的行不必再选"):
        services.confirm_remaining(batch=batch, line_ids=[first.pk], by=city.clerk)
    assert services.undo_batch(batch=batch, by=city.clerk) == 963
    assert PenaltyDecision.objects.count() == 0


@time_machine.travel(UPLOADED, tick=False)
def test_two_clicks_are_one_import_and_other_ticks_have_to_wait(city):
    batch, (first, second) = imported(city)

    one = services.confirm_remaining(batch=batch, line_ids=[first.pk], by=city.clerk)
    two = services.confirm_remaining(batch=batch, line_ids=[first.pk], by=city.clerk)

    assert one == two
    with pytest.raises(BatchRefused, match="正在导入先前勾选的行"):
        services.confirm_remaining(batch=batch, line_ids=[second.pk], by=city.clerk)
    rows = {"batch": batch, "line_ids": [first.pk], "by": city.clerk}
    assert services.import_remaining(**rows) == (1, 0)
    assert services.import_remaining(**rows) == (0, 0)  # a job whose worker died runs again
    assert PenaltyDecision.objects.filter(batch_row=first.sheet_row).count() == 1
    whats = [entry.what for entry in timeline(batch)]
    assert whats.count("导入待确认的行") == 1


@time_machine.travel(UPLOADED, tick=False)
def test_rows_that_the_portal_holds_by_now_are_no_second_decision(city):
    batch, (first, _) = imported(city)
    copy = second_copy(city, batch)
    twin = copy.lines.get(sheet_row=first.sheet_row)
    services.confirm_rows(batch=copy, line_ids=[twin.pk], by=city.clerk)
    services.import_batch(batch=copy, by=city.clerk)

    job = services.confirm_remaining(batch=batch, line_ids=[first.pk], by=city.clerk)
    run(job.pk)

    job.refresh_from_db()
    batch.refresh_from_db()
    assert job.message == "已导入 0 条。另有 1 条系统中已有，没有重复导入。"
    assert (batch.imported, batch.existing) == (963, 1)
    assert PenaltyDecision.objects.count() == 964
    assert first not in doubtful_lines(batch)


@time_machine.travel(UPLOADED, tick=False)
def test_only_an_imported_batch_takes_more_and_only_from_its_people(city):
    batch = ready(city)
    lines = [line.pk for line in doubtful_lines(batch)]
    with pytest.raises(BatchRefused, match="“待确认导入”"):
        services.confirm_remaining(batch=batch, line_ids=lines, by=city.clerk)
    services.import_batch(batch=batch, by=city.clerk)
    with pytest.raises(PermissionDenied):
        services.confirm_remaining(batch=batch, line_ids=lines, by=city.reviewer)
    job = services.confirm_remaining(batch=batch, line_ids=lines, by=city.clerk)
    services.undo_batch(batch=batch, by=city.clerk)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, "“已撤销”" in job.message) == ("failed", True)
    assert PenaltyDecision.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_import_the_rest_once(city):
    with time_machine.travel(UPLOADED, tick=False):
        batch, (first, _) = imported(city)
    rows = {"batch": batch, "line_ids": [first.pk], "by": city.clerk}
    answers = []

    def second():
        try:
            answers.append(services.import_remaining(**rows))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        answers.append(services.import_remaining(**rows))
        thread.start()
        wait_until_somebody_waits()
    thread.join()

    assert answers == [(1, 0), (0, 0)]
    batch.refresh_from_db()
    assert batch.imported == PenaltyDecision.objects.count() == 964
