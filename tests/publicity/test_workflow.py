"""From draft to public and back, who may take each step, and what each step leaves behind."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from publicity import services
from publicity.exceptions import DecisionRefused
from publicity.models import PenaltyDecision, Publication
from publicity.services.publication import Periods, build
from records.models import CreditRecord
from tests.factories.publicity import (
    approved,
    edited,
    make_department,
    make_penalty,
    make_permit,
    make_team,
    published,
    submitted,
)

NOON = "2026-10-14 12:00+08:00"


def actions(decision):
    rows = AuditEvent.objects.filter(
        subject_type=decision._meta.label_lower, subject_id=str(decision.pk)
    )
    return list(rows.order_by("id").values_list("action", flat=True))


@time_machine.travel(NOON, tick=False)
def test_a_decision_goes_through_three_hands(team):
    decision = published(make_penalty(team), team)

    assert decision.state == "published"
    assert (decision.submitted_by, decision.reviewed_by, decision.published_by) == (
        team.clerk,
        team.reviewer,
        team.head,
    )
    assert actions(decision) == ["decision.submitted", "decision.approved", "decision.published"]


@time_machine.travel(NOON, tick=False)
def test_publishing_leaves_a_snapshot_a_ledger_line_and_a_message(team):
    decision = published(make_penalty(team), team)

    publication = Publication.objects.get()
    assert publication.reference == f"penalty:{decision.pk}"
    assert publication.starts_on == dt.date(2026, 10, 14)
    assert publication.ends_on == dt.date(2027, 10, 14)
    assert publication.message == OutboxMessage.objects.get()
    assert publication.message.sequence == 1
    line = CreditRecord.objects.get()
    assert (line.direction, line.reference, line.ends_on) == (
        "adverse",
        decision.reference,
        publication.ends_on,
    )


@time_machine.travel(NOON, tick=False)
def test_the_snapshot_keeps_national_order_and_no_id_number(team):
    published(make_penalty(team, person=True), team)

    publication = Publication.objects.get()
    codes = [field["code"] for field in publication.snapshot]
    assert codes[:2] == ["CF_XDR_MC", "CF_XDR_LB"]
    assert "CF_XDR_ZJHM" not in codes
    assert publication.party_name == "王**"
    assert "11010519491231002X" not in str(publication.snapshot)
    assert not CreditRecord.objects.exists()


@time_machine.travel(NOON, tick=False)
def test_a_long_term_permit_stays_public_without_end(team):
    permit = published(make_permit(team, valid_to=dt.date(2099, 12, 31)), team)

    publication = Publication.objects.get()
    assert publication.ends_on is None
    assert CreditRecord.objects.get().direction == "neutral"
    assert {"code": "XK_YXQZI", "label": "有效期至", "value": "长期"} in publication.snapshot
    assert permit.reference == f"permit:{permit.pk}"


@time_machine.travel(NOON, tick=False)
def test_the_author_cannot_review(team):
    decision = submitted(make_penalty(team, created_by=team.reviewer), team)

    result = services.approve(kind="penalty", ids=[decision.pk], by=team.reviewer)

    assert result.done == 0
    assert "不能是同一人" in result.refused[0][1]
    decision.refresh_from_db()
    assert decision.state == "in_review"
    returned = services.return_to_clerk(
        kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请补充。"
    )
    assert returned.done == 0


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("same", ["created_by", "submitted_by"])
def test_the_database_refuses_the_author_as_reviewer(team, same):
    decision = submitted(make_penalty(team), team)

    with pytest.raises(IntegrityError, match="reviewer_is_not_author"), transaction.atomic():
        PenaltyDecision.objects.filter(pk=decision.pk).update(
            reviewed_by=getattr(decision, same), reviewed_at=decision.submitted_at
        )


@time_machine.travel(NOON, tick=False)
def test_the_database_refuses_the_reviewer_as_publisher(team):
    decision = approved(make_penalty(team), team)

    with pytest.raises(IntegrityError, match="publisher_is_a_third_person"), transaction.atomic():
        PenaltyDecision.objects.filter(pk=decision.pk).update(
            published_by=team.reviewer, published_at=decision.reviewed_at
        )


@time_machine.travel(NOON, tick=False)
def test_steps_need_their_permission(team):
    decision = make_penalty(team)

    with pytest.raises(PermissionDenied):
        services.submit(kind="penalty", ids=[decision.pk], by=team.head)
    with pytest.raises(PermissionDenied):
        services.publish(kind="penalty", ids=[decision.pk], by=team.clerk)

    decision.refresh_from_db()
    assert decision.state == "draft"
    assert actions(decision) == []


@time_machine.travel(NOON, tick=False)
def test_a_foreign_decision_does_not_exist(team):
    other = make_team(make_department("11340422MAEBD7E87U", "寿县应急管理局"), prefix="shou_")
    decision = make_penalty(team)

    with pytest.raises(DecisionRefused, match="不存在"):
        services.submit(kind="penalty", ids=[decision.pk], by=other.clerk)
    with pytest.raises(DecisionRefused, match="没有选中"):
        services.submit(kind="penalty", ids=[], by=team.clerk)


@time_machine.travel(NOON, tick=False)
def test_out_of_turn_steps_are_refused_in_words(team):
    decision = make_penalty(team)

    for result in (
        services.approve(kind="penalty", ids=[decision.pk], by=team.reviewer),
        services.return_to_clerk(
            kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请改正。"
        ),
        services.publish(kind="penalty", ids=[decision.pk], by=team.head),
    ):
        assert result.done == 0
        assert "“草稿”" in result.refused[0][1]
    submitted(decision, team)
    again = services.submit(kind="penalty", ids=[decision.pk], by=team.clerk)
    assert "“待审核”" in again.refused[0][1]


@time_machine.travel("2026-11-02 09:00+08:00", tick=False)
def test_a_late_decision_needs_the_reason_at_review(team):
    late = submitted(make_penalty(team, decided_on=dt.date(2026, 9, 21)), team)
    fresh = submitted(make_penalty(team, decided_on=dt.date(2026, 10, 30), number=2), team)

    result = services.approve(kind="penalty", ids=[late.pk, fresh.pk], by=team.reviewer)

    assert result.done == 1
    assert "请填写迟报原因" in result.refused[0][1]
    services.approve(kind="penalty", ids=[late.pk], by=team.reviewer, late_reason="补录。")
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert (late.state, late.late_reason) == ("approved", "补录。")
    assert (fresh.state, fresh.late_reason) == ("approved", "")


@time_machine.travel(NOON, tick=False)
def test_returning_needs_a_reason_and_clears_on_resubmission(team):
    decision = submitted(make_penalty(team), team)

    with pytest.raises(DecisionRefused, match="退回意见"):
        services.return_to_clerk(kind="penalty", ids=[decision.pk], by=team.reviewer, reason=" ")
    services.return_to_clerk(kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请核对。")
    decision.refresh_from_db()
    assert (decision.state, decision.return_reason) == ("returned", "请核对。")

    submitted(decision, team)
    assert (decision.state, decision.return_reason) == ("in_review", "")


@time_machine.travel(NOON, tick=False)
def test_a_correction_is_a_new_version_under_the_same_address(team):
    decision = published(make_penalty(team), team)
    first = Publication.objects.get()

    services.revise(kind="penalty", pk=decision.pk, by=team.clerk, reason="金额录入有误。")
    decision.refresh_from_db()
    assert (decision.state, decision.version) == ("draft", 2)
    assert Publication.objects.public().get() == first

    published(edited(decision, team, fine_amount="4.5"), team)
    second = Publication.objects.public().get()
    assert (second.version, second.public_id) == (2, first.public_id)
    assert list(OutboxMessage.objects.order_by("sequence").values_list("sequence", flat=True)) == [
        1,
        2,
    ]
    assert CreditRecord.objects.count() == 2


@time_machine.travel(NOON, tick=False)
def test_correction_and_withdrawal_need_a_reason_and_a_public_decision(team):
    decision = make_penalty(team)

    with pytest.raises(DecisionRefused, match="更正原因"):
        services.revise(kind="penalty", pk=decision.pk, by=team.clerk, reason="")
    with pytest.raises(DecisionRefused, match="撤下原因"):
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason=" ")
    with pytest.raises(DecisionRefused, match="“草稿”"):
        services.revise(kind="penalty", pk=decision.pk, by=team.clerk, reason="有误")
    with pytest.raises(DecisionRefused, match="“草稿”"):
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="撤销")


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("person", [False, True])
def test_withdrawal_reaches_page_ledger_and_platform(team, person):
    decision = published(make_penalty(team, person=person), team)

    services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="决定被依法撤销。")

    decision.refresh_from_db()
    assert decision.state == "withdrawn"
    assert not Publication.objects.public().exists()
    assert Publication.objects.get().withdrawn_reason == "决定被依法撤销。"
    last = OutboxMessage.objects.order_by("sequence").last()
    assert (last.sequence, '"operation":"withdraw"' in last.body) == (2, True)
    assert CreditRecord.objects.filter(revoked=True).count() == (0 if person else 1)


@time_machine.travel(NOON, tick=False)
def test_what_is_over_is_not_published_any_more(team):
    decision = approved(make_penalty(team, decided_on=dt.date(2024, 3, 1)), team)
    expired = approved(
        make_permit(team, decided_on=dt.date(2023, 3, 1), valid_to=dt.date(2026, 3, 1)), team
    )

    results = [
        services.publish(kind=row.KIND, ids=[row.pk], by=team.head) for row in (decision, expired)
    ]

    assert results[1].refused[0][1] == "公示期已于 2026-03-01 届满，不再公示。"
    assert results[1].done == 0
    assert OutboxMessage.objects.count() == results[0].done


@time_machine.travel(NOON, tick=False)
def test_the_reviewer_cannot_publish(team):
    decision = approved(make_penalty(team, created_by=team.head), team)

    result = services.publish(kind="penalty", ids=[decision.pk], by=team.head)

    assert result.refused[0][1] == "录入、审核和公示须由三人分别办理。"
    assert not Publication.objects.exists()


def test_a_draft_has_no_publication(team):
    decision = make_penalty(team)

    with pytest.raises(ValueError, match="published"):
        build(decision, Periods().of(decision))


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("reason", "sentence"), [("长" * 501, "不能超过 500 字"), ("\x00 ", "请填写退回意见")]
)
def test_a_reason_must_fit(team, reason, sentence):
    decision = submitted(make_penalty(team), team)

    with pytest.raises(DecisionRefused, match=sentence):
        services.return_to_clerk(kind="penalty", ids=[decision.pk], by=team.reviewer, reason=reason)
    with pytest.raises(DecisionRefused, match="300 字"):
        services.approve(
            kind="penalty", ids=[decision.pk], by=team.reviewer, late_reason="长" * 301
        )
    decision.refresh_from_db()
    assert decision.state == "in_review"


@time_machine.travel(NOON, tick=False)
def test_whoever_submitted_hears_of_the_return_at_once(team):
    decision = submitted(make_penalty(team), team)

    services.return_to_clerk(
        kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请\x00核对。"
    )

    notice = Notice.objects.get()
    assert notice.recipient == team.clerk
    assert notice.text == f"{decision.document_number}被退回：请核对。"
    assert notice.link == f"/staff/publicity/penalty/{decision.pk}/"
    assert (notice.level, notice.get_level_display(), notice.tone) == ("back", "退回", "amber")
