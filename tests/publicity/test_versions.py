"""After publication: correcting, giving up, taking down and bringing back, and what each leaves behind."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from credit_portal.audit.models import AuditEvent
from credit_portal.audit.services import record
from credit_portal.notices.models import Notice
from credit_portal.outbox.models import OutboxMessage
from publicity import services
from publicity.exceptions import DecisionRefused
from publicity.models import ImportBatch, PenaltyDecision, Publication
from publicity.selectors.clocks import clock
from publicity.selectors.history import new_version, new_versions, since_return
from publicity.selectors.rates import board
from publicity.services.entry import texts
from records.models import CreditRecord
from tests.factories.publicity import (
    approved,
    corrected,
    edited,
    in_correction,
    make_firm,
    make_penalty,
    make_permit,
    published,
    submitted,
)
from tests.factories.records import valid_code

NOON = "2026-10-14 12:00+08:00"
HANDS = ("submitted_by_id", "submitted_at", "reviewed_by_id", "published_by_id", "published_at")


def actions(decision):
    rows = AuditEvent.objects.about(decision).order_by("id")
    return list(rows.values_list("action", flat=True))


def take_down(row, team, reason="复议撤销。"):
    services.withdraw(kind=row.KIND, pk=row.pk, by=team.head, reason=reason)
    row.refresh_from_db()
    return row


def reopen(row, team):
    services.reopen(kind=row.KIND, pk=row.pk, by=team.clerk, reason="复议维持原决定。")
    row.refresh_from_db()
    return row


def sent():
    rows = OutboxMessage.objects.order_by("sequence")
    return [(row.sequence, json.loads(row.body)["operation"]) for row in rows]


class TestGivingUp:
    @time_machine.travel(NOON, tick=False)
    def test_everything_stands_as_before(self, team):
        row = published(make_penalty(team), team)
        before = texts(row), {name: getattr(row, name) for name in HANDS}, row.deadline_on
        firm = make_firm(valid_code(5), "淮南市另一家有限公司")
        in_correction(row, team, party_name=firm.name, party_code=firm.code, fine_amount="9")
        edited(row, team, decided_on="2026-10-12", penalty_category="警告", fine_amount="")
        submitted(row, team)
        services.return_to_clerk(
            kind="penalty", ids=[row.pk], by=team.reviewer, reason="不需要更正。"
        )

        services.abandon(kind="penalty", pk=row.pk, by=team.clerk)

        row.refresh_from_db()
        assert (row.state, row.version, row.return_reason) == ("published", 1, "")
        assert (texts(row), {name: getattr(row, name) for name in HANDS}, row.deadline_on) == before
        assert (row.entity.code, row.credit_site_publicity) == (row.party_code, True)
        event = AuditEvent.objects.about(row).order_by("id").last()
        assert event.action == "decision.abandoned"
        assert event.changes["fine_amount"] == ["", "3.2"]
        assert OutboxMessage.objects.count() == 1
        assert Publication.objects.public().get().version == 1

    def test_afterwards_it_can_be_corrected_again(self, team):
        row = in_correction(published(make_penalty(team), team), team, remarks="误。")
        services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        row.refresh_from_db()
        assert new_version(row) is None
        corrected(row, team, remarks="对。")
        assert sent() == [(1, "upsert"), (2, "upsert")]
        assert Publication.objects.public().get().version == 2

    def test_only_a_later_version_in_the_hands_of_the_clerk(self, team):
        row = make_penalty(team)
        with pytest.raises(DecisionRefused, match="“草稿”"):
            services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        published(row, team)
        with pytest.raises(DecisionRefused, match="“公示中”"):
            services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        submitted(in_correction(row, team, remarks="更正。"), team)
        with pytest.raises(DecisionRefused, match="请先撤回"):
            services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        with pytest.raises(PermissionDenied):
            services.abandon(kind="penalty", pk=row.pk, by=team.head)

    def test_a_version_that_left_no_trail_changes_nothing(self, team):
        row = published(make_penalty(team), team)
        PenaltyDecision.objects.update(state="draft", version=2)
        row.refresh_from_db()
        assert new_version(row) is None
        services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        row.refresh_from_db()
        assert (row.state, row.version) == ("published", 1)


class TestTakingDown:
    @time_machine.travel(NOON, tick=False)
    def test_a_correction_on_its_way_ends_with_it(self, team):
        row = published(make_penalty(team), team)
        submitted(in_correction(row, team, "金额有误。", fine_amount="4.5"), team)

        take_down(row, team)

        assert (row.state, row.version, row.submitted_by) == ("withdrawn", 2, team.clerk)
        assert actions(row)[-2:] == ["decision.correction_ended", "decision.withdrawn"]
        assert sent() == [(1, "upsert"), (2, "withdraw")]
        body = json.loads(OutboxMessage.objects.get(sequence=2).body)
        assert "4.5" not in body["fields"].values()
        assert CreditRecord.objects.filter(revoked=True).count() == 1
        notice = Notice.objects.get()
        assert notice.recipient == team.clerk
        assert notice.text == (
            f"{row.document_number}已撤下，正在办理的更正同时终止。撤下原因：复议撤销。"
        )
        assert notice.link == f"/staff/publicity/penalty/{row.pk}/"

    def test_without_a_correction_the_author_hears_of_it(self, team):
        row = take_down(published(make_penalty(team), team), team)
        assert Notice.objects.get().text == f"{row.document_number}已撤下。撤下原因：复议撤销。"

    def test_a_version_without_a_trail_ends_all_the_same(self, team):
        row = published(make_penalty(team), team)
        PenaltyDecision.objects.update(state="draft", version=2)
        assert take_down(row, team).state == "withdrawn"

    def test_not_twice(self, team):
        row = take_down(published(make_penalty(team), team), team)
        for _ in range(2):
            with pytest.raises(DecisionRefused, match="“已撤下"):
                services.withdraw(kind="penalty", pk=row.pk, by=team.head, reason="再次撤下。")
            reopen(row, team) if row.state == "withdrawn" else None


class TestBringingBack:
    def test_the_whole_way_again_under_the_same_address(self, team):
        row = published(make_penalty(team), team)
        first = Publication.objects.get()
        reopen(take_down(row, team), team)
        assert (row.state, row.version, row.standing) == ("draft", 3, "已撤下 · 重新公示草稿")
        assert not Publication.objects.public().exists()

        published(row, team)

        second = Publication.objects.public().get()
        assert (second.version, second.public_id, second.ends_on) == (
            3,
            first.public_id,
            first.ends_on,
        )
        assert (row.withdrawn_at, row.withdrawn_reason) == (None, "")
        assert sent() == [(1, "upsert"), (2, "withdraw"), (3, "upsert")]
        standing = CreditRecord.objects.current().get()
        assert (standing.version, standing.revoked) == (3, False)
        assert actions(row)[3:] == [
            "decision.withdrawn",
            "decision.reopened",
            "decision.submitted",
            "decision.approved",
            "decision.published",
        ]

    def test_the_rates_stay_as_the_first_time_left_them(self, team):
        day = dt.date(2026, 10, 12)
        with time_machine.travel(NOON, tick=False):
            row = published(make_penalty(team, decided_on=day), team)
        OutboxMessage.objects.update(
            state="accepted",
            receipt="R",
            received_on=dt.date(2026, 10, 14),
            settled_at=timezone.now(),
        )
        before = board(month=day, user=team.clerk).total
        deadline = row.deadline_on
        with time_machine.travel("2026-11-20 12:00+08:00", tick=False):
            reopen(take_down(row, team), team)
            published(edited(row, team, remarks="重新公示。"), team)
        OutboxMessage.objects.exclude(sequence=1).update(
            state="accepted",
            receipt="R",
            received_on=dt.date(2026, 11, 20),
            settled_at=timezone.now(),
        )
        row.refresh_from_db()
        assert board(month=day, user=team.clerk).total == before
        assert (before.due, before.timely) == (1, 1)
        assert (row.deadline_on, row.late_reason) == (deadline, row.late_reason)
        assert clock(row).word == "非首次公示，不设最迟公示日"

    def test_it_can_be_left_withdrawn(self, team):
        row = reopen(take_down(published(make_penalty(team), team), team), team)
        assert clock(row).word == "重新公示，不设最迟公示日"
        services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        row.refresh_from_db()
        assert (row.state, row.version, row.withdrawn_reason) == ("withdrawn", 2, "复议撤销。")
        assert actions(row)[-1] == "decision.left_withdrawn"
        assert (clock(row).light, clock(row).word) == ("", "已停止公示")
        reopen(row, team)
        published(row, team)
        assert sent()[-1] == (3, "upsert")

    def test_only_what_was_withdrawn_and_has_time_left(self, team):
        row = published(make_penalty(team), team)
        with pytest.raises(DecisionRefused, match="“公示中”"):
            services.reopen(kind="penalty", pk=row.pk, by=team.clerk, reason="维持。")
        with pytest.raises(DecisionRefused, match="重新公示原因"):
            services.reopen(kind="penalty", pk=row.pk, by=team.clerk, reason="")
        take_down(row, team)
        with pytest.raises(PermissionDenied):
            services.reopen(kind="penalty", pk=row.pk, by=team.head, reason="维持。")
        with (
            time_machine.travel(dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=9 * 366)),
            pytest.raises(DecisionRefused, match="届满，不再公示"),
        ):
            services.reopen(kind="penalty", pk=row.pk, by=team.clerk, reason="维持。")


class TestNothingChanged:
    def test_an_idle_correction_stays_with_the_clerk(self, team):
        idle, changed = (published(make_penalty(team, number=number), team) for number in (1, 2))
        in_correction(idle, team)
        in_correction(changed, team, remarks="更正。")
        fresh = make_penalty(team, number=3)

        result = services.submit(kind="penalty", ids=[idle.pk, changed.pk, fresh.pk], by=team.clerk)

        assert result.done == 2
        ((row, sentence),) = result.refused
        assert (row, sentence[:14]) == (idle, "这次更正没有改动任何栏目，不")

    def test_changed_and_changed_back_is_no_change(self, team):
        row = in_correction(published(make_penalty(team), team), team, remarks="误。")
        edited(row, team, remarks="")
        assert services.submit(kind="penalty", ids=[row.pk], by=team.clerk).done == 0


class TestSendingBack:
    def test_the_head_gives_it_back_and_both_hear_of_it(self, team):
        row = approved(make_penalty(team), team)
        services.send_back(kind="penalty", pk=row.pk, by=team.head, reason="请核对金额。")
        row.refresh_from_db()
        assert (row.state, row.return_reason) == ("returned", "请核对金额。")
        told = Notice.objects.order_by("recipient__pk")
        assert [one.recipient for one in told] == [team.clerk, team.reviewer]
        assert since_return(row).who == str(team.head)
        assert published(row, team).state == "published"

    def test_only_what_is_approved_by_a_third_person_and_with_a_reason(self, team):
        row = submitted(make_penalty(team), team)
        with pytest.raises(DecisionRefused, match="“待审核”"):
            services.send_back(kind="penalty", pk=row.pk, by=team.head, reason="请核对。")
        with pytest.raises(PermissionDenied):
            services.send_back(kind="penalty", pk=row.pk, by=team.reviewer, reason="请核对。")
        with pytest.raises(DecisionRefused, match="退回意见"):
            services.send_back(kind="penalty", pk=row.pk, by=team.head, reason="")
        own = approved(make_penalty(team, number=2, created_by=team.head), team)
        with pytest.raises(DecisionRefused, match="三人分别办理"):
            services.send_back(kind="penalty", pk=own.pk, by=team.head, reason="请核对。")


class TestHistory:
    def test_a_return_in_a_correction_given_up_is_no_news(self, team):
        row = submitted(
            in_correction(published(make_penalty(team), team), team, remarks="误。"), team
        )
        services.return_to_clerk(kind="penalty", ids=[row.pk], by=team.reviewer, reason="不需要。")
        services.abandon(kind="penalty", pk=row.pk, by=team.clerk)
        in_correction(row, team, remarks="对。")
        assert since_return(row) is None
        assert [change.after for change in new_version(row).changes] == ["对。"]

    def test_first_versions_have_no_later_one(self, team):
        assert new_versions([make_penalty(team)]) == {}

    def test_a_trail_without_a_beginning_tells_nothing(self, team):
        row = make_penalty(team, version=2)
        with transaction.atomic():
            record("decision.edited", by=team.clerk, subject=row, changes={"remarks": ["", "x"]})
        assert new_version(row) is None


class TestDeadline:
    @time_machine.travel(NOON, tick=False)
    def test_a_correction_keeps_what_was_decided(self, team):
        row = published(make_permit(team), team)
        kept = row.deadline_on - dt.timedelta(days=1)  # as an earlier calendar had it
        type(row).objects.update(deadline_on=kept)
        in_correction(row, team, remarks="更正。")
        assert row.deadline_on == kept
        type(row).objects.update(deadline_provisional=True)
        assert services.recompute_open() == 0
        edited(row, team, decided_on="2026-10-12")
        row.refresh_from_db()
        assert row.deadline_on != kept


def test_rows_of_a_batch_taken_back_are_found_in_the_trail(team):
    batch = ImportBatch.objects.create(
        kind="penalty",
        department=team.department,
        uploaded_by=team.clerk,
        filename="十月.xlsx",
        state="imported",
    )
    row = make_penalty(team, batch=batch, batch_row=5)
    services.undo_batch(batch=batch, by=team.clerk)
    event = AuditEvent.objects.get(action="decision.deleted")
    assert (event.subject_id, event.reason) == (str(row.pk), f"撤销第 {batch.pk} 批。")
