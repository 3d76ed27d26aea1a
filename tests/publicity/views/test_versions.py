"""Correcting, bringing back, sending back: a wrong reason comes back at its field. Taking down and giving up: asked
about first."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from credit_portal.outbox.models import OutboxMessage
from publicity import services
from publicity.models import PenaltyDecision, Publication
from publicity.services.publication import Periods
from tests.factories.publicity import (
    approved,
    edited,
    in_correction,
    make_penalty,
    published,
    submitted,
)

PEOPLE = {
    "revise": "clerk",
    "reopen": "clerk",
    "abandon": "clerk",
    "withdraw": "head",
    "send_back": "head",
}


def address_of(row, step="detail"):
    return reverse(f"staff:publicity:decision_{step}", args=["penalty", row.pk])


def act(desk, team, row, step, reason="名称有误。", **given):
    client = desk(getattr(team, PEOPLE[step]))
    return client.post(address_of(row, step), {"reason": reason} | given, follow=True)


def page_of(desk, person, row, step="detail"):
    return desk(person).get(address_of(row, step)).content.decode()


def taken_down(team):
    row = published(make_penalty(team), team)
    services.withdraw(kind="penalty", pk=row.pk, by=team.head, reason="决定被撤销。")
    row.refresh_from_db()
    return row


def said(page):
    return [str(one) for one in page.context["messages"]]


def standing(row):
    row.refresh_from_db()
    return row.standing


START = {
    "revise": lambda team: published(make_penalty(team), team),
    "withdraw": lambda team: published(make_penalty(team), team),
    "reopen": taken_down,
    "send_back": lambda team: approved(make_penalty(team), team),
}


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ("revise", "更正原因"),
        ("withdraw", "撤下原因"),
        ("reopen", "重新公示原因"),
        ("send_back", "退回意见"),
    ],
)
@pytest.mark.parametrize(("typed", "start"), [(" ", "请填写{}"), ("因" * 600, "{}不能超过")])
def test_a_wrong_reason_comes_back_at_its_field(team, desk, step, word, typed, start):
    row = START[step](team)
    before = row.state
    page = act(desk, team, row, step, typed)
    form = page.context["form" if step == "withdraw" else f"{step}_form"]
    (sentence,) = form["reason"].errors
    assert sentence.startswith(start.format(word))
    assert form["reason"].value() == typed
    (box,) = re.findall(rf'<textarea[^>]*id="{step}_reason"[^>]*>', page.content.decode())
    assert "autofocus" in box
    assert PenaltyDecision.objects.get().state == before


@pytest.mark.parametrize("step", PEOPLE)
def test_what_is_out_of_turn_is_said_on_the_page(team, desk, step):
    row = make_penalty(team)
    page = act(desk, team, row, step)
    assert page.redirect_chain[-1][0] == address_of(row)
    assert said(page) == ["该信息当前为“草稿”，不能进行此操作，请刷新后查看。"]
    assert PenaltyDecision.objects.get().state == "draft"


@pytest.mark.parametrize("step", ["withdraw", "abandon"])
def test_nothing_is_asked_about_what_cannot_be(team, desk, step):
    row = make_penalty(team)
    page = desk(getattr(team, PEOPLE[step])).get(address_of(row, step), follow=True)
    assert page.redirect_chain == [(address_of(row), 302)]
    assert said(page) == ["该信息当前为“草稿”，不能进行此操作，请刷新后查看。"]


@pytest.mark.parametrize("step", ["withdraw", "abandon", "send_back"])
def test_what_changed_since_the_question_is_not_ended(team, desk, step):
    row = START["send_back"](team)
    if step != "send_back":
        services.publish(kind="penalty", ids=[row.pk], by=team.head)
        row = in_correction(row, team, remarks="更正。")
    before = row.standing
    page = act(desk, team, row, step, revision=row.revision - 1)
    assert said(page) == ["您打开本页之后，这条信息有变动。请核对现在的内容后再办理。"]
    assert standing(row) == before


class TestTakingDown:
    def test_the_question_names_firm_number_and_what_will_happen(self, team, desk):
        row = published(make_penalty(team), team)
        assert f'href="{address_of(row, "withdraw")}"' in page_of(desk, team.head, row)
        assert address_of(row, "withdraw") not in page_of(desk, team.clerk, row)
        page = page_of(desk, team.head, row, "withdraw")
        for words in (
            f"撤下 {row.party_name} {row.document_number}",
            "现在公示的是第 1 版",
            "“该信息已停止公示”",
            "信用记录",
            "向市平台报送撤下信息",
            "需要重新公示的",
        ):
            assert words in page
        assert "同时终止" not in page
        assert Publication.objects.public().exists()

    def test_it_is_said_as_it_is(self, team, desk):
        row = published(make_penalty(team), team)
        page = act(desk, team, row, "withdraw", revision=row.revision)
        (sentence,) = said(page)
        assert sentence.startswith("已撤下，公开页面即时停止展示。撤下信息等待报送市平台")
        text = page.content.decode()
        assert "撤下信息" in text.split('id="delivery"')[1]
        assert "第 2 版" not in text.split("beside__main")[0]
        assert (page.context["version"], page.context["clock"].word) == (1, "已停止公示")
        assert '<span class="tag">已停止公示</span>' in text
        assert not Publication.objects.public().exists()

    @pytest.mark.parametrize("state", ["draft", "in_review", "approved", "returned"])
    def test_also_while_a_correction_is_on_its_way(self, team, desk, state):
        row = published(make_penalty(team, person=True), team)
        in_correction(row, team, "金额录入有误。", fine_amount="4.5")
        if state == "approved":
            approved(row, team)
        if state in ("in_review", "returned"):
            submitted(row, team)
        if state == "returned":
            services.return_to_clerk(
                kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。"
            )
        assert f'href="{address_of(row, "withdraw")}"' in page_of(desk, team.head, row)
        page = page_of(desk, team.head, row, "withdraw")
        assert f"{team.clerk}建立的更正（" in page
        assert "原因：金额录入有误）同时终止" in page
        assert "信用记录" not in page
        act(desk, team, row, "withdraw")
        row.refresh_from_db()
        assert (row.state, row.version, str(row.fine_amount)) == ("withdrawn", 2, "3.200000")
        assert not Publication.objects.public().exists()
        assert f'href="{address_of(row, "withdraw")}"' not in page_of(desk, team.head, row)


class TestGivingUp:
    def test_the_question_and_the_answer(self, team, desk):
        row = in_correction(published(make_penalty(team), team), team, remarks="更正。")
        assert row.standing == "已公示 · 更正草稿"
        assert f'href="{address_of(row, "abandon")}"' in page_of(desk, team.clerk, row)
        assert address_of(row, "abandon") not in page_of(desk, team.reviewer, row)
        page = page_of(desk, team.clerk, row, "abandon")
        for words in ("放弃更正 ", "公开页面和市平台的数据不变。", "恢复原来的内容：备注。"):
            assert words in page
        page = act(desk, team, row, "abandon", revision=row.revision)
        assert said(page) == ["已放弃更正，公示内容不变。"]
        assert standing(row) == "公示中"

    def test_of_a_return_to_the_public(self, team, desk):
        row = taken_down(team)
        services.reopen(kind="penalty", pk=row.pk, by=team.clerk, reason="复议维持原决定。")
        assert standing(row) == "已撤下 · 重新公示草稿"
        page = page_of(desk, team.clerk, row, "abandon")
        for words in ("放弃重新公示 ", "公众仍看不到", "还没有改动任何栏目。"):
            assert words in page
        assert said(act(desk, team, row, "abandon")) == ["已放弃重新公示，这条信息仍为已撤下。"]
        assert standing(row) == "已撤下"

    def test_not_out_of_the_hands_of_the_reviewer(self, team, desk):
        row = submitted(
            in_correction(published(make_penalty(team), team), team, remarks="更正。"), team
        )
        assert address_of(row, "abandon") not in page_of(desk, team.clerk, row)
        assert said(act(desk, team, row, "abandon")) == [
            "已提交审核，不能放弃。请先撤回，或请审核人退回。"
        ]


class TestBringingBack:
    def test_only_through_clerk_reviewer_and_head(self, team, desk):
        row = taken_down(team)
        page = page_of(desk, team.clerk, row)
        for words in ("将建立第 3 版", "截止日期不变", "重新公示不再计算"):
            assert words in page
        for person in (team.reviewer, team.head):
            page = page_of(desk, person, row)
            assert "建立重新公示版本" not in page
            assert f"由本单位录入员 {team.clerk} 在本页填写原因后提交" in page
        page = act(desk, team, row, "reopen", "复议维持原决定。")
        assert page.redirect_chain == [(address_of(row), 302)]
        assert "公示前公众仍看不到" in said(page)[0]
        text = page.content.decode()
        for words in (
            "重新公示原因：复议维持原决定。",
            "撤下原因：决定被撤销。",
            "内容与撤下前相同。",
        ):
            assert words in text
        assert not Publication.objects.public().exists()
        row.refresh_from_db()
        approved(row, team)
        page = page_of(desk, team.head, row, "publish")
        for words in ("，恢复已撤下的公示", "重新公示，不设最迟公示日", "不因这次公示改变"):
            assert words in page
        desk(team.head).post(address_of(row), {"action": "publish"})
        page = desk(team.head).get(address_of(row))
        assert (page.context["version"], page.context["clock"].word) == (
            3,
            "非首次公示，不设最迟公示日",
        )
        assert Publication.objects.public().get().version == 3

    def test_not_after_the_end_of_the_period(self, team, desk):
        row = published(make_penalty(team), team)
        end = Periods().of(row).ends_on
        Publication.objects.update(starts_on=end.replace(year=2020), ends_on=end.replace(year=2021))
        services.expire_publications()
        page = page_of(desk, team.clerk, row)
        assert f"第 1 版公示期已于 {end.replace(year=2021)} 届满" in page
        assert "查看公开页面" not in page
        PenaltyDecision.objects.update(decided_on=row.decided_on.replace(year=2020))
        page = page_of(desk, team.clerk, row)
        assert "不再公示。" in page
        assert "建立重新公示版本" not in page
        assert "不再公示。" in act(desk, team, row, "reopen").content.decode()
        assert standing(row) == "已撤下"


class TestComparison:
    def test_reviewer_and_head_read_what_changes_and_why(self, team, desk):
        row = published(make_penalty(team, person=True), team)
        in_correction(
            row, team, "金额有误。", fine_amount="4.5", person_id_number="110105194912310038"
        )
        submitted(row, team)
        for person, page in ((team.reviewer, "detail"), (team.head, "publish")):
            if person == team.head:
                approved_row = services.approve(kind="penalty", ids=[row.pk], by=team.reviewer)
                assert approved_row.done == 1
            response = desk(person).get(address_of(row, page))
            assert response.context["version_rows"] == [
                ["自然人证件号码", "**************002X", "**************0038"],
                ["罚款金额（万元）", "3.2", "4.5"],
            ]
            text = response.content.decode()
            assert f"{team.clerk}于 " in text
            assert "更正原因：金额有误。" in text
            assert "11010519491231" not in text
            assert text.index('id="new-version"') < text.index('name="action"')

    def test_what_changes_nothing_cannot_be_submitted(self, team, desk):
        row = in_correction(published(make_penalty(team), team), team)
        page = desk(team.clerk).get(address_of(row)).content.decode()
        assert "还没有改动任何栏目" in page
        assert "提交审核</button>" not in page
        answer = desk(team.clerk).post(address_of(row), {"action": "submit"}, follow=True)
        assert "这次更正没有改动任何栏目，不能提交审核。" in answer.content.decode()
        assert standing(row) == "已公示 · 更正草稿"
        edited(row, team, remarks="补充。")
        page = desk(team.clerk).get(address_of(row)).content.decode()
        assert '<a href="#new-version">改动 1 个栏目</a>' in page
        assert "提交审核</button>" in page

    def test_as_many_queries_for_a_long_correction(self, team, desk, queries_of):
        row = in_correction(published(make_penalty(team), team), team, remarks="0")
        client = desk(team.reviewer)
        before = queries_of(client, address_of(row))
        for number in range(1, 6):
            edited(row, team, remarks=str(number), facts=f"第 {number} 次。")
        assert queries_of(client, address_of(row)) == before


class TestSendingBack:
    def test_the_head_gives_it_back(self, team, desk):
        row = approved(make_penalty(team), team)
        page = page_of(desk, team.head, row)
        assert address_of(row, "send_back") in page
        assert address_of(row, "send_back") not in page_of(desk, team.reviewer, row)
        page = act(desk, team, row, "send_back", "请核对金额。", revision=row.revision)
        assert said(page) == ["已退回录入员修改，录入员和审核员会收到通知。"]
        assert "没有其他待您公示的信息了。" in page.content.decode()
        assert standing(row) == "已退回"
        assert "请核对金额。" in page_of(desk, team.clerk, row)

    def test_the_head_is_told_who_corrects(self, team, desk):
        row = published(make_penalty(team), team)
        assert f"更正由本单位录入员 {team.clerk} 在本页建立" in page_of(desk, team.head, row)


class TestDeleted:
    def test_a_late_draft_asks_for_the_reason_at_its_field(self, team, desk):
        row = make_penalty(team, decided_on=dt.date(2025, 3, 3))
        address = f"{address_of(row)}delete/"
        client = desk(team.clerk)
        assert "删除须说明原因" in client.get(address_of(row)).content.decode()

        asked = client.post(address, {"reason": ""}).content.decode()
        assert "请填写删除原因" in asked
        assert standing(row) == "草稿"
        done = client.post(address, {"reason": "与另一条重复。"}, follow=True)
        assert "草稿已删除。" in said(done)

    def test_who_could_see_it_is_told_what_became_of_it(self, team, desk, cast):
        row = make_penalty(team)
        services.delete_draft(kind="penalty", pk=row.pk, by=team.clerk)
        response = desk(team.reviewer).get(address_of(row))
        assert response.status_code == 410
        page = response.content.decode()
        assert f"{row.party_name} {row.document_number}" in page
        assert f"{team.clerk}（" in page
        assert "删除了这条行政处罚信息。" in page
        assert desk(cast.other_clerk).get(address_of(row)).status_code == 404

    def test_what_never_was_is_not_found(self, team, desk):
        client = desk(team.clerk)
        for kind in ("penalty", "burn"):
            address = f"/staff/publicity/{kind}/987654/"
            assert client.get(address).status_code == 404


def test_a_delivery_names_its_version(team, desk):
    row = published(make_penalty(team), team)
    assert "第 1 版" in page_of(desk, team.head, row).split('id="delivery"')[1]
    assert OutboxMessage.objects.get().sequence == 1
