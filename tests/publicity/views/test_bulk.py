"""Steps on many rows: the page that asks, the job that acts, the line of each row."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from credit_portal.audit.models import AuditEvent
from credit_portal.jobs.models import Job
from credit_portal.jobs.services import run
from publicity.models import PenaltyDecision
from publicity.services import acting
from tests.factories.publicity import approved, make_penalty, submitted

LIST = reverse("staff:publicity:decision_list", args=["penalty"])
CONFIRM = reverse("staff:publicity:decision_confirm", args=["penalty"])
RUN = reverse("staff:publicity:decision_bulk", args=["penalty"])


def states():
    return sorted(PenaltyDecision.objects.values_list("state", flat=True))


def said(response):
    return [str(message) for message in response.context["messages"]]


def confirm(client, query="", follow=True, **facts):
    """Press the button on the page that asks, with what it holds."""
    asked = client.post(CONFIRM + query, facts)
    hidden = {item["name"]: item["value"] for item in asked.context["hidden"]}
    return client.post(asked.context["run_url"], facts | hidden, follow=follow)


def lines():
    return [(line.done, line.sentence) for line in Job.objects.get().lines.for_table()]


def test_the_page_names_the_count_what_happens_and_who_is_next(team, desk):
    first, second = (make_penalty(team, number=n) for n in (1, 2))
    submitted(second, team)
    page = desk(team.clerk).post(CONFIRM, {"action": "submit", "ids": [first.pk, second.pk]})
    text = page.content.decode()
    for words in (
        "提交审核 1 条行政处罚信息",
        "审核前可以撤回修改",
        first.document_number,
        "另有 1 条当前状态不能提交审核",
        "下一步：由 李伟 审核",
    ):
        assert words in text
    assert states() == ["draft", "in_review"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("ages", "sentence"),
    [
        ((0,), "其中没有已逾期或今天到期的。"),
        ((60, 60, 0), "其中 2 条已逾期，没有今天到期的。"),
        ((60, 0), "其中 1 条已逾期，没有今天到期的。"),
        ((None,), "其中没有已逾期的，1 条今天到期。"),
        ((60, None, None), "其中 1 条已逾期，2 条今天到期。"),
    ],
)
def test_the_head_is_told_how_urgent_the_rows_are(team, desk, ages, sentence):
    today = timezone.localdate()
    rows = []
    for number, age in enumerate(ages):
        day = today - dt.timedelta(days=age or 0)
        row = approved(make_penalty(team, number=number + 1, decided_on=day), team)
        if age is None:
            PenaltyDecision.objects.filter(pk=row.pk).update(deadline_on=today)
        rows.append(row.pk)
    page = desk(team.head).post(CONFIRM, {"action": "publish", "ids": rows})
    assert sentence in page.context["effects"]


def test_the_clerk_explains_at_once_all_rows_that_are_late(team, desk):
    long_ago = timezone.localdate() - dt.timedelta(days=60)
    late = make_penalty(team, number=1, decided_on=long_ago)
    told = make_penalty(team, number=2, decided_on=long_ago, late_reason="系统升级。")
    punctual = make_penalty(team, number=3)
    client = desk(team.clerk)
    rows = [late.pk, told.pk, punctual.pk]

    asked = client.post(CONFIRM, {"action": "submit", "ids": rows})
    effects = "".join(asked.context["effects"])
    assert "其中 1 条已过最迟公示日，还没有迟报原因" in effects
    assert "代其他机关填报" not in effects
    hidden = {item["name"]: item["value"] for item in asked.context["hidden"]}
    client.post(asked.context["run_url"], hidden | {"late_reason": "补录历史决定。"})

    found = dict(PenaltyDecision.objects.values_list("pk", "late_reason"))
    assert found == {late.pk: "补录历史决定。", told.pk: "系统升级。", punctual.pk: ""}
    assert states() == ["in_review"] * 3
    event = AuditEvent.objects.about(late).get(action="decision.submitted")
    assert event.reason == "迟报原因：补录历史决定。"


def test_without_a_reason_late_rows_are_submitted_all_the_same(team, desk):
    late = make_penalty(team, decided_on=timezone.localdate() - dt.timedelta(days=60))
    confirm(desk(team.clerk), action="submit", ids=[late.pk])
    late.refresh_from_db()
    assert (late.state, late.late_reason) == ("in_review", "")


def test_rows_filed_for_other_organs_are_counted(team, cast, desk):
    make_penalty(team)
    make_penalty(team, number=2, authority=cast.county)
    page = desk(team.clerk).post(CONFIRM, {"action": "submit", "all": "1"})
    assert "其中 1 条由填报单位代其他机关填报。" in page.context["effects"]


def test_few_rows_are_done_at_once_with_a_line_each(team, desk):
    first, second = (make_penalty(team, number=n) for n in (1, 2))
    submitted(second, team)
    page = confirm(desk(team.clerk), action="submit", ids=[first.pk, second.pk])
    job = Job.objects.get()
    assert page.redirect_chain == [(reverse("staff:jobs:detail", args=[job.pk]), 302)]
    assert (job.state, job.message) == (
        "done",
        "已提交审核 1 条。1 条未办理，原因见逐条结果。",
    )
    assert lines() == [
        (False, "该信息当前为“待审核”，不能进行此操作，请刷新后查看。"),
        (True, ""),
    ]
    assert states() == ["in_review", "in_review"]
    text = page.content.decode()
    assert "该信息当前为“待审核”" in text
    assert f'href="{LIST}"' in text


def test_all_rows_of_the_filter_are_those_that_were_named(team, desk):
    for number in range(25):
        make_penalty(team, number=number + 1)
    client = desk(team.clerk)
    asked = client.post(CONFIRM + "?state=draft", {"action": "submit", "all": "1"})
    late_comer = make_penalty(team, number=99)
    hidden = {item["name"]: item["value"] for item in asked.context["hidden"]}
    page = client.post(asked.context["run_url"], hidden, follow=True)
    assert "已提交审核 25 条。" in page.content.decode()
    assert f'href="{LIST}?state=draft"' in page.content.decode()
    late_comer.refresh_from_db()
    assert late_comer.state == "draft"


def test_many_rows_are_left_to_a_worker(team, desk, monkeypatch):
    monkeypatch.setattr(acting, "DIRECTLY", 2)
    monkeypatch.setattr(acting, "BLOCK", 2)
    for number in range(5):
        make_penalty(team, number=number + 1)
    page = confirm(desk(team.clerk), action="submit", all="1")
    job = Job.objects.get()
    assert (job.state, job.title) == ("waiting", "提交审核 5 条行政处罚")
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert states() == ["draft"] * 5

    run(job.pk)
    job.refresh_from_db()
    assert (job.message, job.done, job.total) == ("已提交审核 5 条。", 5, 5)
    assert states() == ["in_review"] * 5
    assert AuditEvent.objects.filter(action="decision.submitted").count() == 5


def test_a_job_that_runs_again_leaves_out_what_is_done(team, desk, monkeypatch):
    monkeypatch.setattr(acting, "DIRECTLY", 0)
    rows = [make_penalty(team, number=n + 1) for n in range(3)]
    confirm(desk(team.clerk), action="submit", all="1")
    job = Job.objects.get()
    acting.act_on(job, [rows[0].pk], team.clerk)
    run(job.pk)
    assert lines() == [(True, "")] * 3
    assert AuditEvent.objects.filter(action="decision.submitted").count() == 3


def test_a_form_sent_twice_is_one_order(team, desk):
    make_penalty(team)
    client = desk(team.clerk)
    asked = client.post(CONFIRM, {"action": "submit", "all": "1"})
    hidden = {item["name"]: item["value"] for item in asked.context["hidden"]}
    answers = {client.post(asked.context["run_url"], hidden)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert Job.objects.count() == 1


def test_one_row_that_fails_stops_no_other(team, desk, monkeypatch):
    rows = [make_penalty(team, number=n + 1) for n in range(3)]
    real = acting.workflow.submit

    def submit(*, kind, ids, by, late_reason):
        if rows[1].pk in ids:
            raise ValueError("a defect")
        return real(kind=kind, ids=ids, by=by, late_reason=late_reason)

    monkeypatch.setattr(acting.workflow, "submit", submit)
    confirm(desk(team.clerk), action="submit", all="1")
    assert lines() == [(False, acting.BROKEN), (True, ""), (True, "")]
    assert states() == ["draft", "in_review", "in_review"]


@pytest.mark.parametrize("alone", [False, True])
def test_a_lost_database_leaves_the_rest_to_the_next_run(team, desk, monkeypatch, alone):
    monkeypatch.setattr(acting, "DIRECTLY", 0)
    rows = [make_penalty(team, number=n + 1) for n in range(2)]
    confirm(desk(team.clerk), action="submit", all="1")
    job = Job.objects.get()
    real = acting.workflow.submit

    def submit(*, kind, ids, by, late_reason):
        if alone and len(ids) > 1:
            raise ValueError("a defect")
        if rows[1].pk in ids:
            raise OperationalError("server closed the connection")
        return real(kind=kind, ids=ids, by=by, late_reason=late_reason)

    monkeypatch.setattr(acting.workflow, "submit", submit)
    with pytest.raises(OperationalError):
        run(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    assert job.lines.count() == (1 if alone else 0)

    monkeypatch.setattr(acting.workflow, "submit", real)
    Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=2))
    assert run(job.pk)
    assert lines() == [(True, ""), (True, "")]
    assert AuditEvent.objects.filter(action="decision.submitted").count() == 2


def test_a_row_deleted_meanwhile_and_a_role_taken_away(team, desk, monkeypatch):
    monkeypatch.setattr(acting, "DIRECTLY", 0)
    first, second = (make_penalty(team, number=n) for n in (1, 2))
    confirm(desk(team.clerk), action="submit", all="1")
    first.delete()
    run(Job.objects.get().pk)
    assert lines() == [(False, acting.GONE), (True, "")]
    second.refresh_from_db()

    confirm(desk(team.reviewer), action="approve", ids=[second.pk])
    team.reviewer.memberships.update(ended_at=timezone.now())
    team.reviewer.groups.clear()
    run(Job.objects.last().pk if Job.objects.last().state == "waiting" else Job.objects.first().pk)
    (line,) = Job.objects.get(owner=team.reviewer).lines.all()
    assert not line.done
    second.refresh_from_db()
    assert second.state == "in_review"


def test_all_rows_of_an_unreadable_filter_are_none(team, desk):
    make_penalty(team)
    page = desk(team.clerk).post(
        CONFIRM + "?until=x", {"action": "submit", "all": "1"}, follow=True
    )
    assert said(page) == ["没有选中信息，或所选信息已不存在，请刷新列表后重新选择。"]
    assert states() == ["draft"]


def test_too_many_rows_are_refused_in_words(team, desk, monkeypatch):
    monkeypatch.setattr(acting, "MOST", 1)
    for number in (1, 2):
        make_penalty(team, number=number)
    page = desk(team.clerk).post(CONFIRM, {"action": "submit", "all": "1"}, follow=True)
    assert said(page) == ["一次最多办理 1 条，请增加查询条件后分次办理。"]


def test_rows_of_other_departments_cannot_be_named(team, desk, cast):
    row = make_penalty(team)
    client = desk(cast.other_clerk)
    for address, ids in ((CONFIRM, [row.pk]), (RUN, str(row.pk))):
        page = client.post(address, {"action": "submit", "ids": ids, "token": "x"}, follow=True)
        assert said(page) == ["没有选中信息，或所选信息已不存在，请刷新列表后重新选择。"]
    assert states() == ["draft"]
    assert not Job.objects.exists()


def test_returning_all_leaves_what_is_approved_and_needs_an_opinion(team, desk):
    submitted(make_penalty(team, number=1), team)
    approved(make_penalty(team, number=2), team)
    client = desk(team.reviewer)
    refused = confirm(client, action="return", all="1", reason=" ")
    text = refused.content.decode()
    assert "请填写退回意见" in text
    assert 'data-phrases="bulk_reason"' in text
    assert states() == ["approved", "in_review"]
    confirm(client, action="return", all="1", reason="请补充违法事实。")
    assert states() == ["approved", "returned"]
    assert "已退回 1 条。" in Job.objects.get().message


def test_late_rows_need_the_reason_at_approval(team, desk):
    long_ago = timezone.localdate() - dt.timedelta(days=40)
    row = submitted(make_penalty(team, decided_on=long_ago), team)
    client = desk(team.reviewer)
    refused = confirm(client, action="approve", ids=[row.pk])
    assert "其中 1 条已过最迟公示日，请填写迟报原因。" in refused.content.decode()
    assert states() == ["in_review"]
    too_long = confirm(client, action="approve", ids=[row.pk], late_reason="长" * 301)
    assert "长" * 301 in too_long.content.decode()
    confirm(client, action="approve", ids=[row.pk], late_reason="系统故障。")
    row.refresh_from_db()
    assert (row.state, row.late_reason) == ("approved", "系统故障。")


def test_in_time_rows_are_not_asked_for_a_reason(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.reviewer).post(CONFIRM, {"action": "approve", "ids": [row.pk]})
    assert page.context["form"] is None


def test_publishing(team, desk):
    row = approved(make_penalty(team), team)
    asked = desk(team.head).post(CONFIRM, {"action": "publish", "ids": [row.pk]}).content.decode()
    assert "立即向社会公开" in asked
    page = confirm(desk(team.head), action="publish", ids=[row.pk])
    assert "已公示 1 条，正在报送市平台。" in page.content.decode()
    assert states() == ["published"]


def test_when_nothing_can_be_done_there_is_no_button(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.clerk).post(CONFIRM, {"action": "submit", "ids": [row.pk]}).content.decode()
    assert "所选信息都不能办理" in page
    assert "confirm-title" not in page


def test_own_rows_are_left_to_others(team, desk):
    row = submitted(make_penalty(team), team)
    PenaltyDecision.objects.filter(pk=row.pk).update(created_by=team.reviewer)
    page = desk(team.reviewer).post(CONFIRM, {"action": "approve", "ids": [row.pk]})
    assert re.search("1 条由您录入、提交或审核", page.content.decode())


def test_permission_and_unknown_steps(team, desk):
    row = submitted(make_penalty(team), team)
    for address in (CONFIRM, RUN):
        client = desk(team.clerk)
        assert client.post(address, {"action": "approve", "ids": [row.pk]}).status_code == 403
        assert client.post(address, {"action": "burn"}).status_code == 404
        assert client.get(address + "?state=draft")["Location"] == LIST + "?state=draft"
    assert states() == ["in_review"]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_said_to_be_busy(cast):
    import threading

    from django.db import connection, transaction

    from tests.factories.publicity import Team

    team = Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
    rows = [make_penalty(team, number=n + 1) for n in range(2)]
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(PenaltyDecision.objects.filter(pk=rows[0].pk).locked())
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        acting.order_steps(
            kind="penalty", action="submit", ids=[row.pk for row in rows], by=team.clerk, token="t"
        )
    finally:
        done.set()
        thread.join()
    assert lines() == [(False, acting.BUSY), (True, "")]
