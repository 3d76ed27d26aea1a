"""One decision: facts, clock, steps, publication, delivery, trail."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from credit_portal.outbox.models import DeliveryAttempt, OutboxMessage
from publicity import services
from publicity.models import PenaltyDecision
from publicity.selectors.history import Change
from publicity.services.publication import Periods
from publicity.views.staff.presenters import changed_rows
from tests.factories.publicity import (
    approved,
    edited,
    in_correction,
    make_penalty,
    make_permit,
    published,
    submitted,
)


def address_of(row, page="detail"):
    return reverse(f"staff:publicity:decision_{page}", args=[row.KIND, row.pk])


def page_of(client, row, **extra):
    return client.get(address_of(row), **extra)


def act(client, row, follow=True, **given):
    return client.post(address_of(row), given, follow=follow)


def text_of(client, row):
    return page_of(client, row).content.decode()


def settle(row, **facts):
    message = OutboxMessage.objects.get(stream=row.reference)
    OutboxMessage.objects.filter(pk=message.pk).update(settled_at=timezone.now(), **facts)
    return message


def test_facts_in_national_order_without_the_empty_ones(team, desk):
    response = page_of(desk(team.clerk), make_penalty(team))
    labels = [fact["label"] for fact in response.context["facts"]]
    assert labels[:3] == ["行政相对人名称", "行政相对人类别", "统一社会信用代码"]
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


def test_the_clock_says_which_day_is_the_first(team, desk):
    row = make_penalty(team, decided_on=dt.date(2026, 9, 24))
    assert "2026-09-24（当日不计入，第 1 个工作日是 2026-09-28）" in text_of(desk(team.clerk), row)


def test_each_step_names_who_is_next(team, desk):
    row = make_penalty(team)
    assert "提交后由 李伟 审核" in text_of(desk(team.clerk), row)
    submitted(row, team)
    assert "等待 李伟 审核" in text_of(desk(team.clerk), row)
    assert "审核通过后由 陈国栋 公示" in text_of(desk(team.reviewer), row)
    approved_row = approved(make_penalty(team, number=2), team)
    assert "等待 陈国栋 公示" in text_of(desk(team.reviewer), approved_row)
    assert "公示前会再次请您确认" in text_of(desk(team.head), approved_row)


def test_nobody_can_act_on_what_they_wrote(team, desk, cast):
    row = make_penalty(team, created_by=team.reviewer)
    services.submit(kind="penalty", ids=[row.pk], by=team.clerk)
    assert page_of(desk(team.reviewer), row).context["line"].steps == ()


def test_a_step_leads_back_here(team, desk):
    row = make_penalty(team)
    response = act(desk(team.clerk), row, action="submit", follow=False)
    assert response.url == f"{address_of(row)}?after=submit"


def test_a_returned_one_shows_the_opinion(team, desk):
    row = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。")
    assert "请核对金额。" in text_of(desk(team.clerk), row)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("  ", "请填写退回意见，说明需要修改的内容。"),
        ("错。", "退回意见太短，请用至少 4 个字说明。"),
        ("长" * 501, "退回意见不能超过 500 字，现有 501 字"),
    ],
)
def test_a_wrong_reason_of_a_return_comes_back_at_its_field(team, desk, typed, sentence):
    row = submitted(make_penalty(team), team)
    response = act(desk(team.reviewer), row, action="return", reason=typed)
    page = response.content.decode()
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert '<details class="why" open>' in page
    assert sentence in str(response.context["return_form"].errors["reason"])
    ((box, shown),) = re.findall(r'<textarea([^>]*id="return_reason"[^>]*)>([^<]*)<', page)
    assert "autofocus" in box
    assert 'aria-invalid="true"' in box
    assert shown.strip() == typed.strip()
    row.refresh_from_db()
    assert row.state == "in_review"


def test_a_missing_reason_of_a_late_one_comes_back_at_its_field(team, desk):
    day = timezone.localdate() - dt.timedelta(days=60)
    row = submitted(make_penalty(team, decided_on=day), team)
    response = act(desk(team.reviewer), row, action="approve", late_reason="")
    assert "请填写迟报原因" in str(response.context["approve_form"].errors["late_reason"])
    assert (
        "autofocus"
        in response.content.decode().split('id="approve_late_reason"')[0][-200:]
        + (response.content.decode().split('id="approve_late_reason"')[1][:200])
    )
    told = act(desk(team.reviewer), row, action="approve", late_reason="补录历史决定。")
    assert "已审核通过 1 条" in told.content.decode()


def test_a_step_out_of_turn_is_said_on_the_page_as_it_stands(team, desk):
    row = submitted(make_penalty(team), team)
    services.take_back(kind="penalty", pk=row.pk, by=team.clerk)
    for given in ({"action": "approve"}, {"action": "return", "reason": ""}):
        response = act(desk(team.reviewer), row, **given)
        assert response.redirect_chain == [(address_of(row), 302)]
    assert "该信息当前为“草稿”" in act(desk(team.reviewer), row, action="approve").content.decode()
    assert desk(team.reviewer).post(address_of(row), {"action": "burn"}).status_code == 404


def test_the_second_reading_shows_the_reason_and_what_was_changed(team, desk):
    row = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。")
    page = text_of(desk(team.clerk), row)
    assert "退回后的修改" not in page
    assert "请核对金额。" in page
    edited(row, team, fine_amount="4.5", penalty_content="处罚款人民币4.5万元")
    edited(row, team, penalty_content="处罚款人民币肆万伍仟元")
    submitted(row, team)
    response = page_of(desk(team.reviewer), row)
    assert response.context["changed_rows"] == [
        ["处罚内容", "处罚款人民币3.2万元", "处罚款人民币肆万伍仟元"],
        ["罚款金额（万元）", "3.2", "4.5"],
    ]
    page = response.content.decode()
    for words in (
        "退回后的修改",
        "退回意见：请核对金额。",
        "退回时",
        "现在",
        "处罚款人民币3.2万元",
    ):
        assert words in page


def test_a_resubmission_without_a_change_is_said(team, desk):
    row = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="请核对金额。")
    submitted(row, team)
    assert "退回以后，各栏目内容没有改动。" in text_of(desk(team.reviewer), row)


def test_what_the_mask_hides_is_said_to_be_changed():
    change = Change("person_id_number", "证件号码", "11010519491231002X", "11010519491231102X")
    emptied = Change("remarks", "备注", "旧", "")
    assert changed_rows([change, emptied]) == [
        ["证件号码", "**************002X", "**************102X"],
        ["备注", "旧", "（空）"],
    ]
    inside = Change("person_id_number", "证件号码", "11010519491231002X", "11010519501231002X")
    assert changed_rows([inside])[0][2] == "**************002X（被遮盖的部分有改动）"


def test_the_next_one_of_the_queue_is_offered_by_deadline(team, desk):
    today = timezone.localdate()
    rows = [
        submitted(make_penalty(team, number=n, decided_on=today - dt.timedelta(days=n)), team)
        for n in (1, 2, 3, 4)
    ]
    submitted(make_penalty(team, number=9, created_by=team.reviewer), team)
    client = desk(team.reviewer)
    for action, row, following, left in (
        ("approve", rows[0], rows[3], 3),
        ("return", rows[3], rows[2], 2),
    ):
        response = act(client, row, action=action, reason="请核对。")
        assert response.redirect_chain == [(f"{address_of(row)}?after={action}", 302)]
        page = response.content.decode()
        assert f"还有 {left} 条信息待您审核" in page
        assert f"下一条：行政处罚 {following}" in page
        assert f'href="{address_of(following)}"' in page
    permit = submitted(make_permit(team, number=5, decided_on=rows[2].decided_on), team)
    response = act(client, rows[2], action="approve")
    assert "还有 2 条信息待您审核" in response.content.decode()
    assert f'href="{address_of(permit)}"' in response.content.decode()
    for row in (rows[1], permit):
        response = act(client, row, action="approve")
    assert "没有其他待您审核的信息了。" in response.content.decode()


def test_after_a_publication_the_next_one_to_publish(team, desk):
    first, second = (approved(make_penalty(team, number=n), team) for n in (1, 2))
    page = act(desk(team.head), first, action="publish").content.decode()
    assert "还有 1 条信息待您公示" in page
    assert f'href="{address_of(second)}"' in page
    assert "待您" not in text_of(desk(team.head), first)
    assert page_of(desk(team.head), first, data={"after": "burn"}).status_code == 200


def test_publishing_is_asked_about_first(team, desk):
    row = approved(make_penalty(team), team)
    client = desk(team.head)
    assert f'href="{address_of(row, "publish")}"' in text_of(client, row)
    response = client.get(address_of(row, "publish"))
    page = response.content.decode()
    today, end = timezone.localdate(), Periods().of(row).ends_on
    for words in (
        f"公示 {row.party_name} {row.document_number}",
        "立即向社会公开下面列出的内容。",
        f"从今天（{today}）起公示至 {end}。",
        "自动报送市平台",
        f"最迟公示日 {row.deadline_on}，剩 ",
        "将要公开的内容",
        "处罚款人民币3.2万元",
    ):
        assert words in page
    row.refresh_from_db()
    assert row.state == "approved"
    hidden = {item["name"]: item["value"] for item in response.context["hidden"]}
    told = client.post(response.context["page_url"], hidden, follow=True).content.decode()
    assert "已公示 1 条，正在报送市平台。" in told


def test_the_question_tells_of_masks_lateness_and_endless_periods(team, desk):
    day = timezone.localdate() - dt.timedelta(days=40)
    person = approved(make_penalty(team, person=True, decided_on=day), team)
    page = desk(team.head).get(address_of(person, "publish")).content.decode()
    assert "姓名写作“王**”" in page
    assert "个工作日，迟报原因：补录历史决定。" in page
    permit = approved(make_permit(team, valid_to=dt.date(2099, 12, 31)), team)
    page = desk(team.head).get(address_of(permit, "publish")).content.decode()
    assert "长期公示，没有截止日期" in page


def test_the_question_about_a_correction(team, desk):
    row = published(make_penalty(team), team)
    approved(in_correction(row, team, remarks="更正。"), team)
    page = desk(team.head).get(address_of(row, "publish")).content.decode()
    assert "替换现在公示的版本" in page
    assert "更正版本，不设最迟公示日" in page


def test_what_cannot_be_published_is_not_asked_about(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.head).get(address_of(row, "publish"), follow=True)
    assert page.redirect_chain == [(address_of(row), 302)]
    assert "该信息当前为“待审核”" in page.content.decode()
    assert desk(team.clerk).get(address_of(row, "publish")).status_code == 403


def test_the_submitter_takes_it_back(team, desk):
    row = submitted(make_penalty(team), team)
    assert address_of(row, "take_back") in text_of(desk(team.clerk), row)
    assert address_of(row, "take_back") not in text_of(desk(team.reviewer), row)
    response = desk(team.clerk).post(address_of(row, "take_back"), follow=True)
    page = response.content.decode()
    assert "已撤回，这条信息回到草稿" in page
    assert [entry["what"] for entry in response.context["timeline"]] == ["提交审核", "撤回提交"]
    again = desk(team.clerk).post(address_of(row, "take_back"), follow=True).content.decode()
    assert "该信息当前为“草稿”" in again


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


@pytest.mark.parametrize(
    ("step", "person"),
    [
        ("revise", "head"),
        ("reopen", "head"),
        ("withdraw", "clerk"),
        ("send_back", "reviewer"),
        ("abandon", "reviewer"),
    ],
)
def test_each_step_is_for_one_role(team, desk, step, person):
    row = published(make_penalty(team), team)
    address = reverse(f"staff:publicity:decision_{step}", args=["penalty", row.pk])
    assert desk(getattr(team, person)).post(address, {"reason": "x"}).status_code == 403
    assert PenaltyDecision.objects.get().state == "published"


def test_correction_opens_a_new_version_and_leaves_the_public_one(team, desk):
    row = published(make_penalty(team), team)
    client = desk(team.clerk)
    address = reverse("staff:publicity:decision_revise", args=["penalty", row.pk])
    response = client.post(address, {"reason": "名称有误。"})
    assert response.url == reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    page = text_of(client, row)
    assert "公开页面仍为原版本" in page
    assert "删除这条信息" not in page


def test_of_another_department_it_is_not_found(team, desk, cast):
    assert page_of(desk(cast.other_clerk), make_penalty(team)).status_code == 404


def test_the_trail_stands_at_the_foot(team, desk):
    row = submitted(make_penalty(team), team)
    assert [entry["what"] for entry in page_of(desk(team.clerk), row).context["timeline"]] == [
        "提交审核"
    ]


def test_after_a_submission_another_entry_is_offered(team, desk):
    page = act(desk(team.clerk), make_penalty(team), action="submit").content.decode()
    new = reverse("staff:publicity:decision_create", args=["penalty"])
    assert f'<a href="{new}?form=new">再录一条</a>' in page
