"""待办: piles, urgent rows, rates, the warning about the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credit_portal.outbox.models import OutboxMessage
from credit_portal.watch.models import TaskRecord
from publicity import services
from publicity.models import PenaltyDecision
from tests.factories.publicity import (
    Team,
    approved,
    make_penalty,
    make_permit,
    published,
    submitted,
)
from tests.pages import PageClient

HOME = reverse("staff:home")


@pytest.fixture
def team(cast):
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@pytest.fixture
def desk(sign_in):
    return lambda user: sign_in(PageClient(), user)


@pytest.fixture
def full_desk(team):
    """Something in every pile."""
    today = timezone.localdate()
    make_penalty(team, number=1, decided_on=today - dt.timedelta(days=30))
    make_penalty(team, number=2, deadline_on=today)
    make_permit(team, number=3)
    submitted(make_penalty(team, number=4), team)
    approved(make_penalty(team, number=5), team)
    row = submitted(make_penalty(team, number=6), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对。")
    row = published(make_penalty(team, number=7), team)
    OutboxMessage.objects.filter(stream=row.reference).update(
        state="dead", settled_at=timezone.now()
    )


@pytest.mark.parametrize("person", ["clerk", "reviewer", "head"])
def test_every_card_leads_to_exactly_its_rows(full_desk, team, desk, person):
    client = desk(getattr(team, person))
    cards = client.get(HOME).context["cards"]
    assert cards
    for card in cards:
        assert client.get(card.url).context["paginator"].count == card.count, card.label
        if card.more:
            others = client.get(card.more_url).context["paginator"].count
            assert card.more == f"另有 {others} 条等他人办理", card.label


def test_a_parent_bureau_counts_only_where_its_people_act(full_desk, team, desk, cast):
    cast.county.parent = cast.bureau
    cast.county.save()
    make_penalty(Team(cast.county, cast.county_clerk, team.reviewer, team.head), number=50)
    client = desk(team.clerk)
    card = next(
        card
        for card in client.get(HOME).context["cards"]
        if card.label == "草稿，待提交 · 行政处罚"
    )
    assert client.get(card.url).context["paginator"].count == card.count == 2


def test_the_most_urgent_card_comes_first(full_desk, team, desk):
    cards = desk(team.clerk).get(HOME).context["cards"]
    assert [card.tone for card in cards[:2]] == ["red", "amber"]


def acts(client):
    tasks = client.get(HOME).context["tasks"]
    return {
        task.line.decision.document_number.rpartition("〕")[2]: (task.act, task.word)
        for task in tasks
    }


def test_the_next_step_is_an_act_or_the_people_it_waits_for(full_desk, team, desk):
    clerk, reviewer, head = (acts(desk(user)) for user in (team.clerk, team.reviewer, team.head))
    assert clerk["1号"] == ("submit", "提交审核")
    assert clerk["6号"] == ("edit", "看意见并修改")
    assert clerk["4号"] == ("", "等待 李伟 审核")
    assert reviewer["4号"] == ("open", "审核")
    assert reviewer["1号"] == ("", "等待 王静 提交")
    assert head["5号"] == ("open", "公示")


def test_submitting_from_the_desk_comes_back_to_it(full_desk, team, desk):
    client = desk(team.clerk)
    task = next(task for task in client.get(HOME).context["tasks"] if task.act == "submit")
    response = client.post(task.url, {"action": "submit", "ids": [task.line.decision.pk]})
    assert response.url == HOME
    kept = type(task.line.decision).objects.get(pk=task.line.decision.pk)
    assert kept.state == "in_review"


def test_rows_come_by_deadline(full_desk, team, desk):
    tasks = desk(team.clerk).get(HOME).context["tasks"]
    deadlines = [task.line.decision.deadline_on for task in tasks]
    assert deadlines == sorted(deadlines)
    assert PenaltyDecision.objects.open().count() + 1 == len(tasks)


def test_rates_of_the_month_lead_to_the_board(full_desk, team, desk):
    page = desk(team.clerk).get(HOME)
    assert [rate.label for rate in page.context["rates"]] == ["上报率", "合规率", "及时率"]
    assert reverse("staff:publicity:rates") in page.content.decode()


def test_who_edits_nothing_gets_no_such_buttons(team, desk, cast):
    assert "新增处罚" in desk(team.clerk).get(HOME).content.decode()
    assert "新增处罚" not in desk(team.head).get(HOME).content.decode()


def test_an_empty_desk_says_what_it_means(team, desk, cast):
    assert "没有需要您办理的信息" in desk(team.clerk).get(HOME).content.decode()
    assert "没有需要督促的机关" in desk(cast.officer).get(HOME).content.decode()
    auditor = desk(cast.auditor).get(HOME)
    assert "您的角色不经办双公示信息" in auditor.content.decode()
    assert auditor.context["rates"] == ()


def test_the_calendar_of_next_year_is_missed_from_november(team, desk, cast, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC))
    assert "2027年放假安排尚未载入" in desk(team.clerk).get(HOME).content.decode()
    for person, words in (
        (team.clerk, "您不必办理"),
        (cast.officer, "请将放假安排交系统运维人员载入"),
        (cast.sysadmin, "请将放假安排交系统运维人员载入"),
    ):
        assert words in desk(person).get(HOME).content.decode()
    # Who does not work with the calendar is not told of it.
    assert "放假安排" not in desk(cast.secadmin).get(HOME).content.decode()
    time_machine.move_to(dt.datetime(2026, 10, 30, 4, tzinfo=dt.UTC))
    assert "放假安排尚未载入" not in desk(team.clerk).get(HOME).content.decode()


def test_the_number_of_queries_does_not_grow(team, desk):
    def queries(client):
        client.get(HOME)
        with CaptureQueriesContext(connection) as found:
            client.get(HOME)
        return len(found)

    client = desk(team.clerk)
    make_penalty(team, number=1)
    one = queries(client)
    for number in range(2, 9):
        make_penalty(team, number=number)
    assert queries(client) == one


@pytest.mark.parametrize(
    ("person", "state", "note"),
    [
        ("clerk", "draft", "请尽快提交"),
        ("reviewer", "in_review", "审核时须填写迟报原因"),
        ("head", "approved", "待公示的请尽快公示"),
    ],
)
def test_the_overdue_card_says_what_the_person_does_about_it(
    full_desk, team, desk, person, state, note
):
    late = timezone.localdate() - dt.timedelta(days=1)
    PenaltyDecision.objects.filter(state=state).update(deadline_on=late)
    cards = desk(getattr(team, person)).get(HOME).context["cards"]
    (overdue,) = [card for card in cards if card.label.startswith("已逾期 · 行政处罚")]
    assert (overdue.note, overdue.tone) == (note, "red")


def test_what_is_late_at_others_is_no_alarm_of_this_person(full_desk, team, desk):
    client = desk(team.reviewer)
    (overdue,) = [
        card for card in client.get(HOME).context["cards"] if card.label.startswith("已逾期")
    ]
    assert (overdue.count, overdue.tone, overdue.note) == (0, "", "没有等您办理的")
    assert overdue.more == "另有 1 条等他人办理"
    assert overdue.more in client.get(HOME).content.decode()


def test_the_administrator_of_the_system_sees_whether_scheduled_work_lives(team, desk, cast):
    now = timezone.now()
    for name, hours in (("watch.check", 0), ("publicity.check_deadlines", 3)):
        at = now - dt.timedelta(hours=hours)
        TaskRecord.objects.create(name=name, first_at=now, started_at=at, succeeded_at=at)
    page = desk(cast.sysadmin).get(HOME)
    state = {run.label: run.word for run in page.context["runs"]}
    assert (state["后台运行自检"], state["计算期限并提醒"]) == ("正常", "迟到")
    assert state["清理导出文件和任务明细"] == "从未运行"
    for words in ("运行监测", "迟到", "从未运行", reverse("staff:watch:page")):
        assert words in page.content.decode()
    assert desk(team.clerk).get(HOME).context["runs"] == ()


@pytest.mark.parametrize(("mode", "shown"), [("test", False), ("demo", True)])
def test_the_gallery_is_in_the_menu_only_where_pages_are_built(desk, cast, settings, mode, shown):
    settings.MODE = mode
    client = desk(cast.sysadmin)
    assert ("组件样例" in client.get(HOME).content.decode()) == shown
    assert client.get(reverse("staff:gallery:list")).status_code == 200


class TestUnfinished:
    NEW = reverse("staff:publicity:decision_create", args=["penalty"])
    KEPT = {"draft": "save", "party_name": "淮南某化工有限公司", "document_number": "7号"}

    def test_a_form_that_was_begun_leads_back_to_it(self, team, desk):
        client = desk(team.clerk)
        assert client.get(HOME).context["unfinished"] == []
        client.post(self.NEW, self.KEPT)
        (form,) = client.get(HOME).context["unfinished"]
        assert (form.label, form.number, form.url) == (
            "淮南某化工有限公司",
            "7号",
            self.NEW,
        )
        assert form.word == "新增行政处罚"

    def test_what_can_no_longer_be_changed_is_left_out(self, team, desk):
        client = desk(team.clerk)
        row = make_penalty(team, number=1)
        edit = reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
        client.post(edit, self.KEPT)
        (form,) = client.get(HOME).context["unfinished"]
        assert (form.url, form.word) == (edit, "修改行政处罚")
        submitted(row, team)
        assert client.get(HOME).context["unfinished"] == []

    def test_given_up_on_the_desk(self, team, desk):
        client = desk(team.clerk)
        client.post(self.NEW, self.KEPT)
        assert "填写的内容将删除，不能恢复。" in client.get(HOME).content.decode()
        done = client.post(self.NEW, {"draft": "drop", "back": "home"})
        assert done["Location"] == HOME
        assert client.get(HOME).context["unfinished"] == []

    def test_others_see_nothing_of_it(self, cast, team, desk):
        desk(team.clerk).post(self.NEW, self.KEPT)
        assert desk(cast.other_clerk).get(HOME).context["unfinished"] == []
        assert desk(team.reviewer).get(HOME).context["unfinished"] == []
