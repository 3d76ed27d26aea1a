"""What the municipal platform said, and sending again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from credit_portal.outbox.models import OutboxMessage
from tests.factories.publicity import make_penalty, make_permit, published

LIST = reverse("staff:publicity:delivery_list")


def refused(row, state="rejected", reason="名称与代码不一致。"):
    OutboxMessage.objects.filter(stream=row.reference).update(
        state=state, reason=reason, settled_at=timezone.now()
    )
    return OutboxMessage.objects.get(stream=row.reference)


def replay(message):
    return reverse("staff:publicity:delivery_replay", args=[message.pk])


def test_the_refused_come_first_with_reason_and_decision(team, desk):
    row = published(make_penalty(team), team)
    refused(row)
    page = desk(team.clerk).get(LIST)
    assert "名称与代码不一致。" in page.content.decode()
    address = reverse("staff:publicity:decision_detail", args=["penalty", row.pk])
    assert address in page.content.decode()
    counts = {tab["label"]: tab["count"] for tab in page.context["tabs"]}
    assert counts["被退回"] == 1


def test_other_states_by_tab(team, desk):
    row = published(make_permit(team), team)
    client = desk(team.clerk)
    assert "没有被退回的信息" in client.get(LIST, {"state": "?"}).content.decode()
    assert "没有这一状态的信息" in client.get(LIST, {"state": "dead"}).content.decode()
    assert row.document_number in client.get(LIST, {"state": "pending"}).content.decode()
    OutboxMessage.objects.update(
        state="accepted",
        receipt="HN-7",
        received_on=timezone.localdate(),
        settled_at=timezone.now(),
    )
    assert "HN-7" in client.get(LIST, {"state": "accepted"}).content.decode()


def test_a_message_whose_decision_is_gone_shows_its_stream(team, desk):
    message = refused(published(make_penalty(team), team))
    OutboxMessage.objects.filter(pk=message.pk).update(stream="penalty:999999")
    assert "penalty:999999" in desk(team.clerk).get(LIST).content.decode()


def test_sending_again(team, desk):
    row = published(make_penalty(team), team)
    message = refused(row)
    page = desk(team.clerk).post(replay(message), follow=True)
    assert "已重新排队报送" in page.content.decode()
    message.refresh_from_db()
    assert message.state == "pending"


def test_what_waits_is_not_sent_again(team, desk):
    row = published(make_penalty(team), team)
    message = OutboxMessage.objects.get(stream=row.reference)
    page = desk(team.clerk).post(replay(message), follow=True)
    assert "不能重新报送" in page.content.decode()


def test_heads_look_on_and_others_see_nothing(team, desk, cast):
    message = refused(published(make_penalty(team), team))
    assert "重新报送</button>" not in desk(team.head).get(LIST).content.decode()
    assert desk(team.head).post(replay(message)).status_code == 403
    assert desk(cast.other_clerk).post(replay(message)).status_code == 404
    assert desk(cast.sysadmin).get(LIST).status_code == 403
    message.refresh_from_db()
    assert message.state == "rejected"


@pytest.mark.parametrize("state", ["rejected", "pending"])
def test_the_number_of_queries_does_not_grow(team, desk, queries_of, state):
    def make(number):
        row = published(make_penalty(team, number=number), team)
        if state == "rejected":
            refused(row)

    client = desk(team.clerk)
    make(1)
    one = queries_of(client, f"{LIST}?state={state}")
    for number in range(2, 9):
        make(number)
    assert queries_of(client, f"{LIST}?state={state}") == one


def test_filters_and_order_cover_the_tab(team, desk):
    first = refused(published(make_penalty(team, number=31), team))
    second = refused(published(make_permit(team, number=32), team))
    OutboxMessage.objects.filter(pk=second.pk).update(attempts=9, receipt="HN-9")
    client = desk(team.clerk)

    def shown(**query):
        return [line.message.pk for line in client.get(LIST, query).context["lines"]]

    assert shown() == [second.pk, first.pk]
    assert shown(q="31") == [first.pk]
    assert shown(q="HN-9") == [second.pk]
    assert shown(kind="permit") == [second.pk]
    assert shown(since="2099-01-01") == []
    assert shown(since="改天") == []
    assert shown(sort="attempts") == [first.pk, second.pk]
    page = client.get(LIST, {"q": "没有", "state": "rejected"}).content.decode()
    assert "没有符合条件的信息" in page
    assert '<input type="hidden" name="state" value="rejected">' in page


def test_what_would_be_refused_is_shown_and_may_be_sent_all_the_same(team, desk):
    row = published(make_penalty(team, legal_basis=""), team)
    client = desk(team.clerk)
    page = client.get(LIST, {"state": "held"}).content.decode()
    assert "必填项缺失，请补充后重新报送（处罚依据）" in page
    detail = reverse("staff:publicity:decision_detail", args=["penalty", row.pk])
    assert "未通过报送前核对，没有发送" in client.get(detail).content.decode()
    message = OutboxMessage.objects.get(stream=row.reference)
    assert "仍要报送" in client.get(detail).content.decode()
    client.post(replay(message))
    message.refresh_from_db()
    assert (message.state, message.unchecked) == ("pending", True)
    assert "没有未通过核对的信息" in client.get(LIST, {"state": "held"}).content.decode()


def test_the_rules_of_the_platform_are_told(team, desk):
    page = desk(team.clerk).get(reverse("staff:publicity:receiver_rules")).content.decode()
    assert "统一社会信用代码格式不正确，请核对后更正" in page
    assert "由市平台判断" in page
