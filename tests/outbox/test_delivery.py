from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from credit_portal.outbox.models import Circuit, DeliveryAttempt, Incident, OutboxMessage
from credit_portal.outbox.services import drain, sweep
from credit_portal.outbox.services.delivery import claim_batch, deliver
from credit_portal.outbox.services.settling import Settled
from tests.factories.outbox import (
    Answer,
    Sandbox,
    ScriptedPlatform,
    accepted,
    new,
    put,
    put_many,
    results,
    ripen,
    settings_for,
)

pytestmark = pytest.mark.django_db
Platform = Callable[..., ScriptedPlatform]
State = OutboxMessage.State


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("id").values_list("state", flat=True))


def outcomes() -> list[str]:
    return list(DeliveryAttempt.objects.order_by("id").values_list("outcome", flat=True))


class TestWithTheSandbox:
    def test_a_message_is_delivered_and_receipted(self, sandbox: Sandbox) -> None:
        (message,) = put(new())
        report = drain()
        message.refresh_from_db()
        (effect,) = sandbox.records("penalty:1")
        assert (report.batches, report.sent, report.settled) == (1, 1, Settled(accepted=1))
        assert message.state == State.ACCEPTED
        assert message.receipt == effect["receipt"]
        assert message.received_on == timezone.localdate()
        assert message.lease_until is None
        assert (effect["key"], effect["body"]) == (str(message.key), message.body)

    def test_the_attempt_is_on_record(self, sandbox: Sandbox) -> None:
        (message,) = put(new())
        drain()
        attempt = DeliveryAttempt.objects.get(message=message)
        assert (attempt.outcome, attempt.status) == ("accepted", 200)
        assert attempt.duration_ms is not None
        assert '"receipt"' in attempt.answer
        assert str(attempt) == "penalty:1 第1版 已接收"

    def test_versions_of_a_record_arrive_in_order(self, sandbox: Sandbox) -> None:
        put(new(1), new(2))
        put(new(1, version=2))
        put(new(1, version=3))
        report = drain()
        assert (report.batches, report.sent) == (3, 4)
        assert [effect["sequence"] for effect in sandbox.records("penalty:1")] == [1, 2, 3]

    def test_a_refusal_carries_the_reason_in_words(self, sandbox: Sandbox) -> None:
        sandbox.refuse(party_code="91340405MAYHMM8F8X", code="1001", times=1)
        first, second = put(new(1), new(2))
        assert drain().settled == Settled(accepted=1, rejected=1)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, first.reason_code) == (State.REJECTED, "1001")
        assert first.reason.startswith("主体基础库无此代码或名称不一致")
        assert second.state == State.ACCEPTED

    def test_a_missing_field_is_named(self, sandbox: Sandbox) -> None:
        (message,) = put(new(1, CF_YJ=""))
        OutboxMessage.objects.update(state=State.PENDING, settled_at=None, unchecked=True)
        drain()
        message.refresh_from_db()
        assert message.reason == "必填项缺失，请补充后重新报送（CF_YJ）"

    @pytest.mark.parametrize("fault", ["apply_error", "lost_ack", "truncated"])
    def test_a_lost_answer_is_asked_for_again_with_the_same_key(
        self, sandbox: Sandbox, fault: str
    ) -> None:
        sandbox.fail(**{fault: 1})
        put(new())
        assert drain(limit=1).settled == Settled(retried=1)
        assert states() == ["pending"]
        sandbox.fail(**{fault: 0})
        ripen()
        assert drain(limit=1).settled == Settled(accepted=1)
        stats = sandbox.stats()
        assert outcomes() == ["unknown", "accepted"]
        assert (stats["effects"], stats["double_effects"]) == (1, 0)
        assert stats["totals"]["duplicates"] == 1

    def test_silence_counts_as_unknown(self, sandbox: Sandbox) -> None:
        sandbox.fail(hang=1)
        put(new())
        drain(limit=1)
        assert outcomes() == ["unknown"]

    def test_a_wrong_secret_delivers_nothing(self, sandbox: Sandbox, settings: Settings) -> None:
        settings.MUNICIPAL = settings_for(sandbox.url, secret="wrong")
        put_many(3)
        drain(limit=3)
        assert states() == ["pending"] * 3
        assert outcomes() == ["transient"] * 3
        assert sandbox.stats()["effects"] == 0
        assert set(OutboxMessage.objects.values_list("batch_limit", flat=True)) == {50}

    def test_batches_hold_fifty(self, sandbox: Sandbox) -> None:
        put_many(120)
        report = drain()
        assert (report.batches, report.settled.accepted) == (3, 120)

    def test_a_limit_is_kept(self, sandbox: Sandbox) -> None:
        put_many(8)
        assert drain(limit=5).sent == 5
        assert states().count("pending") == 3

    def test_no_time_is_no_delivery(self, sandbox: Sandbox) -> None:
        put(new())
        assert drain(seconds=0).batches == 0


def test_without_an_address_messages_wait(settings: Settings) -> None:
    settings.MUNICIPAL = settings_for("")
    put(new())
    assert drain().sent == 0
    assert states() == ["pending"]


def test_nobody_there_is_transient(settings: Settings) -> None:
    settings.MUNICIPAL = settings_for("http://127.0.0.1:1")
    put_many(2)
    assert drain(limit=2).settled == Settled(retried=2)
    assert outcomes() == ["transient"] * 2
    assert set(OutboxMessage.objects.values_list("batch_limit", flat=True)) == {50}


def test_what_another_worker_holds_is_left_alone(sandbox: Sandbox) -> None:
    put(new())
    claim = claim_batch(50)
    assert claim is not None
    assert claim_batch(50) is None
    assert drain().sent == 0
    assert outcomes() == ["sending"]


def test_a_dead_workers_message_is_sent_again_when_the_lease_is_over(sandbox: Sandbox) -> None:
    put(new())
    claim_batch(50)
    past = timezone.now() - dt.timedelta(seconds=1)
    OutboxMessage.objects.update(lease_until=past)
    assert drain().settled == Settled(accepted=1)
    DeliveryAttempt.objects.filter(outcome="sending").update(
        started_at=timezone.now() - dt.timedelta(minutes=1)
    )
    assert sweep() == 1
    assert outcomes() == ["unknown", "accepted"]


class TestLateAnswers:
    def test_a_late_yes_settles(self, platform: Platform) -> None:
        put(new())
        late = claim_batch(50)
        assert late is not None
        OutboxMessage.objects.update(lease_until=timezone.now() + dt.timedelta(seconds=9))
        way = way_to(platform(lambda items: results(*map(accepted, items))))
        assert deliver(late, way) == Settled(accepted=1)
        # Whoever holds it now goes on holding it: its answer will find the message settled.
        assert OutboxMessage.objects.get().lease_until is not None
        assert deliver(late, way) == Settled()

    def test_a_late_failure_changes_nothing(self, platform: Platform) -> None:
        put(new())
        late = claim_batch(50)
        assert late is not None
        other = timezone.now() + dt.timedelta(seconds=9)
        OutboxMessage.objects.update(lease_until=other)
        way = way_to(platform(lambda items: (500, b"", {})))
        assert deliver(late, way) == Settled()
        message = OutboxMessage.objects.get()
        assert (message.state, message.strikes, message.lease_until) == ("pending", 0, other)


def way_to(server: ScriptedPlatform) -> Any:
    from credit_portal.outbox.municipal.client import HttpTransport

    return HttpTransport(settings_for(server.url))


class TestOddAnswers:
    def test_duplicate_lines_are_harmless(self, platform: Platform) -> None:
        platform(lambda items: results(*map(accepted, items), accepted(items[0])))
        put_many(2)
        assert drain().settled == Settled(accepted=2)
        assert not Incident.objects.exists()

    def test_shuffled_lines_find_their_messages(self, platform: Platform) -> None:
        platform(lambda items: results(*map(accepted, reversed(items))))
        put_many(2)
        drain()
        assert list(OutboxMessage.objects.order_by("id").values_list("receipt", flat=True)) == [
            "R-penalty:1-1",
            "R-penalty:2-1",
        ]

    def test_a_line_for_nobody_is_an_incident(self, platform: Platform) -> None:
        stranger = {"key": "nobody", "stream": "x", "sequence": 1}
        platform(lambda items: results(accepted(stranger), *map(accepted, items)))
        put(new())
        assert drain().settled == Settled(accepted=1)
        incident = Incident.objects.get()
        assert str(incident).startswith("答复中有未报送的幂等键")

    def test_contradicting_lines_are_no_yes(self, platform: Platform) -> None:
        def answer(items: list[dict[str, Any]]) -> Answer:
            no = {"key": items[0]["key"], "result": "rejected", "code": "1001"}
            return results(accepted(items[0]), no)

        platform(answer)
        put(new())
        assert drain(limit=1).settled == Settled(retried=1)
        assert outcomes() == ["unknown"]
        assert Incident.objects.count() == 1

    def test_a_forgotten_line_is_sent_again_alone(self, platform: Platform) -> None:
        server = platform(lambda items: results(*map(accepted, items[: max(1, len(items) - 1)])))
        put_many(3)
        assert drain(limit=3).settled == Settled(accepted=2, retried=1)
        put(new(4))
        ripen()
        drain()
        assert server.sizes == [3, 1, 1]
        assert states() == ["accepted"] * 4

    def test_an_item_told_to_retry_waits(self, platform: Platform) -> None:
        platform(lambda items: results({"key": items[0]["key"], "result": "retry"}))
        put(new())
        drain(limit=1)
        message = OutboxMessage.objects.get()
        assert (message.state, message.strikes) == ("pending", 1)
        assert message.next_at > message.created_at
        assert outcomes() == ["transient"]

    def test_a_refusal_of_an_older_version_yields_to_the_waiting_one(
        self, platform: Platform
    ) -> None:
        def answer(items: list[dict[str, Any]]) -> Answer:
            if items[0]["sequence"] == 1:
                return results({"key": items[0]["key"], "result": "rejected", "code": "1003"})
            return results(accepted(items[0]))

        platform(answer)
        put(new(1))
        put(new(1, version=2))
        drain()
        assert states() == ["superseded", "accepted"]

    @pytest.mark.parametrize(
        "body", [b"<html></html>", b'{"results": [', b"[]", b'{"results": [1]}']
    )
    def test_a_page_instead_of_an_answer_is_unknown(self, platform: Platform, body: bytes) -> None:
        platform(lambda items: (200, body, {}))
        put(new())
        assert drain(limit=1).settled == Settled(retried=1)
        assert outcomes() == ["unknown"]

    def test_a_redirect_is_not_followed(self, platform: Platform) -> None:
        elsewhere = platform(lambda items: results(*map(accepted, items)))
        platform(lambda items: (307, b"", {"Location": elsewhere.url + "/api/v1/deliveries"}))
        put(new())
        drain(limit=1)
        assert elsewhere.batches == []
        assert outcomes() == ["transient"]

    def test_a_dripping_answer_is_broken_off(self, platform: Platform) -> None:
        platform(lambda items: (200, b" " * (3 * 1024 * 1024), {}))
        put(new())
        drain(limit=1)
        assert outcomes() == ["unknown"]


class TestPoison:
    def test_one_message_that_breaks_every_batch_is_isolated_by_halving(
        self, platform: Platform
    ) -> None:
        def answer(items: list[dict[str, Any]]) -> Answer:
            if any(item["stream"] == "penalty:13" for item in items):
                return 500, b"boom", {}
            return results(*map(accepted, items))

        server = platform(answer)
        put_many(50)
        for _ in range(12):
            drain()
            ripen()
            Circuit.objects.update(open_until=None)
        assert states().count("accepted") == 49
        poison = OutboxMessage.objects.pending().get()
        assert (poison.stream, poison.batch_limit) == ("penalty:13", 1)
        with_poison = [
            len(batch)
            for batch in server.batches
            if any(item["stream"] == "penalty:13" for item in batch)
        ]
        first_alone = with_poison.index(1)
        assert with_poison[0] == 50
        assert first_alone <= 6  # log2(50), rounded up: halved with every send

    def test_it_is_given_up_after_twelve_strikes(self, platform: Platform) -> None:
        platform(
            lambda items: results({"key": items[0]["key"], "result": "retry", "message": "忙"})
        )
        put(new())
        for _ in range(12):
            assert states() == ["pending"]
            drain(limit=1)
            ripen()
        message = OutboxMessage.objects.get()
        assert message.state == State.DEAD
        assert message.reason == "已尝试 12 次仍未成功。最近一次：忙"

    def test_it_is_given_up_after_three_days(self, platform: Platform) -> None:
        platform(lambda items: (503, b"", {}))
        put(new())
        OutboxMessage.objects.update(trying_since=timezone.now() - dt.timedelta(hours=71))
        drain(limit=1)
        assert states() == ["pending"]
        ripen()
        OutboxMessage.objects.update(trying_since=timezone.now() - dt.timedelta(hours=72))
        assert drain(limit=1).settled == Settled(dead=1)
        assert states() == ["dead"]

    def test_the_next_version_waits_behind_a_given_up_one(self, sandbox: Sandbox) -> None:
        put(new(1))
        OutboxMessage.objects.update(state="dead", settled_at=timezone.now())
        put(new(1, version=2))
        assert drain().sent == 0
        assert states() == ["dead", "pending"]


class TestOutage:
    def test_failures_in_a_row_open_the_circuit(self, platform: Platform) -> None:
        server = platform(lambda items: (503, b"", {}))
        put(new())
        for _ in range(8):
            drain(limit=1)
            ripen()
        assert len(server.batches) == 5
        circuit = Circuit.objects.get()
        assert (str(circuit), circuit.failures) == ("municipal", 5)

    def test_an_outage_is_not_held_against_the_messages(self, platform: Platform) -> None:
        platform(lambda items: (503, b"", {}))
        put(new())
        for _ in range(30):
            drain(limit=1)
            ripen()
            Circuit.objects.update(open_until=None)
        message = OutboxMessage.objects.get()
        assert (message.state, message.attempts, message.strikes) == ("pending", 30, 1)

    def test_a_success_closes_it(self, platform: Platform) -> None:
        Circuit.objects.create(name="municipal", failures=9)
        platform(lambda items: results(*map(accepted, items)))
        put(new())
        drain()
        assert Circuit.objects.get().failures == 0

    @pytest.mark.parametrize(("header", "seconds"), [({"Retry-After": "120"}, 120), ({}, 30)])
    def test_a_busy_platform_is_left_alone_as_long_as_it_says(
        self, platform: Platform, header: dict[str, str], seconds: int
    ) -> None:
        server = platform(lambda items: (429, b"", header))
        put_many(60)
        drain()
        until = Circuit.objects.get().open_until
        message = OutboxMessage.objects.order_by("id")[0]
        assert server.sizes == [50]
        assert until == message.next_at
        assert seconds - 5 < (until - timezone.now()).total_seconds() <= seconds
        assert (message.strikes, message.batch_limit) == (0, 50)
