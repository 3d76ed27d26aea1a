"""One decision: facts, clock, steps, publication, delivery, trail."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from credit_portal.outbox.models import DeliveryAttempt, OutboxMessage
from publicity import services
from publicity.models import PenaltyDecision
from tests.factories.publicity import approved, make_penalty, make_permit, published, submitted


def page_of(client, row, **extra):
    return client.get(reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk]), **extra)


def text_of(client, row):
    return page_of(client, row).content.decode()


def settle(row, **facts):
    message = OutboxMessage.objects.get(stream=row.reference)
    OutboxMessage.objects.filter(pk=message.pk).update(settled_at=timezone.now(), **facts)
    return message


def test_facts_in_national_order_without_the_empty_ones(team, desk):
    response = page_of(desk(team.clerk), make_penalty(team))
    labels = [fact["label"] for fact in response.context["facts"]]
    assert labels[:3] == ["行政相对人名称", "行政相对人类别", "行政相对人代码_1(统一社会信用代码)"]
    assert "备注" in response.context["empty_fields"]
    assert {"label": "处罚有效期", "value": "长期"} in response.context["facts"]


def test_id_numbers_show_their_end_only(team, desk):
    page = text_of(desk(team.clerk), make_penalty(team, person=True))
    assert "11010519491231002X" not in page
    assert "**************002X" in page


def test_permit_status_in_words(team, desk):
    response = page_of(desk(team.clerk), make_permit(team))
    assert {"label": "当前状态", "value": "有效"} in response.context["facts"]


def test_the_clock_explains_itself(team, desk):
    page = text_of(desk(team.clerk), make_penalty(team))
    for words in ("行政许可、行政处罚信息公示期限", "起算", "跳过", "双休日"):
        assert words in page


def test_each_step_names_who_is_next(team, desk):
    row = make_penalty(team)
    assert "提交后由 李伟 审核" in text_of(desk(team.clerk), row)
    submitted(row, team)
    assert "等待 李伟 审核" in text_of(desk(team.clerk), row)
    assert "审核通过后由 陈国栋 公示" in text_of(desk(team.reviewer), row)
    approved_row = approved(make_penalty(team, number=2), team)
    assert "等待 陈国栋 公示" in text_of(desk(team.reviewer), approved_row)
    assert "公示后立即向社会公开" in text_of(desk(team.head), approved_row)


def test_nobody_can_act_on_what_they_wrote(team, desk, cast):
    row = make_penalty(team, created_by=team.reviewer)
    services.submit(kind="penalty", ids=[row.pk], by=team.clerk)
    assert page_of(desk(team.reviewer), row).context["line"].steps == ()


def test_a_step_leads_back_here(team, desk):
    row = make_penalty(team)
    address = reverse("staff:publicity:decision_step", args=["penalty"]) + f"?detail={row.pk}"
    response = desk(team.clerk).post(address, {"action": "submit", "ids": [row.pk]})
    assert response.url == reverse("staff:publicity:decision_detail", args=["penalty", row.pk])


def test_a_returned_one_shows_the_opinion(team, desk):
    row = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。")
    assert "请核对金额。" in text_of(desk(team.clerk), row)


def test_a_public_one_links_to_its_page_and_period(team, desk):
    row = published(make_penalty(team), team)
    response = page_of(desk(team.head), row)
    publication = response.context["publication"]
    assert (
        reverse("public:publicity:publication", args=[publication.public_id])
        in response.content.decode()
    )
    assert response.context["period"].latest_end.result == publication.ends_on


def test_accepted_delivery_shows_the_receipt(team, desk):
    row = published(make_penalty(team), team)
    settle(row, state="accepted", receipt="HN-0001", received_on=timezone.localdate())
    assert "HN-0001" in text_of(desk(team.clerk), row)


def test_refused_delivery_shows_the_reason_and_the_ways_out(team, desk):
    row = published(make_penalty(team), team)
    message = settle(row, state="rejected", reason="名称与代码不一致。")
    DeliveryAttempt.objects.create(
        message=message,
        batch=message.key,
        outcome="rejected",
        status=200,
        **({"sequence": 1} if hasattr(DeliveryAttempt, "sequence") else {}),
    )
    page = text_of(desk(team.clerk), row)
    for words in ("名称与代码不一致。", "原样重新报送", "建立更正版本", "报送过程（1 次）"):
        assert words in page
    assert "原样重新报送" not in text_of(desk(team.head), row)


def test_correction_opens_a_new_version_and_leaves_the_public_one(team, desk):
    row = published(make_penalty(team), team)
    client = desk(team.clerk)
    address = reverse("staff:publicity:decision_revise", args=["penalty", row.pk])
    response = client.post(address, {"reason": "名称有误。"})
    assert response.url == reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    page = text_of(client, row)
    assert "公开页面仍为原版本" in page
    assert "删除这条信息" not in page


@pytest.mark.parametrize("step", ["revise", "withdraw"])
def test_correcting_and_withdrawing_need_a_reason(team, desk, step):
    row = published(make_penalty(team), team)
    person = {"revise": team.clerk, "withdraw": team.head}[step]
    address = reverse(f"staff:publicity:decision_{step}", args=["penalty", row.pk])
    page = desk(person).post(address, {"reason": " "}, follow=True).content.decode()
    assert {"revise": "请填写更正原因。", "withdraw": "请填写撤下原因。"}[step] in page
    assert PenaltyDecision.objects.get().state == "published"


def test_withdrawing(team, desk):
    row = published(make_penalty(team), team)
    address = reverse("staff:publicity:decision_withdraw", args=["penalty", row.pk])
    page = desk(team.head).post(address, {"reason": "决定被撤销。"}, follow=True).content.decode()
    assert "已撤下，公开页面即时停止展示" in page
    assert "决定被撤销。" in page


@pytest.mark.parametrize(("step", "person"), [("revise", "head"), ("withdraw", "clerk")])
def test_correcting_is_for_clerks_and_withdrawing_for_heads(team, desk, step, person):
    row = published(make_penalty(team), team)
    address = reverse(f"staff:publicity:decision_{step}", args=["penalty", row.pk])
    assert desk(getattr(team, person)).post(address, {"reason": "x"}).status_code == 403
    assert PenaltyDecision.objects.get().state == "published"


def test_of_another_department_it_is_not_found(team, desk, cast):
    assert page_of(desk(cast.other_clerk), make_penalty(team)).status_code == 404


def test_the_trail_stands_at_the_foot(team, desk):
    row = submitted(make_penalty(team), team)
    assert [entry.what for entry in page_of(desk(team.clerk), row).context["timeline"]] == [
        "提交审核"
    ]
