from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from credit_portal.outbox.models import Circuit, Incident, OutboxMessage
from credit_portal.outbox.selectors import attempts_of, status
from credit_portal.outbox.services import drain
from tests.factories.accounts import BUREAU, COUNTY, HOUSING, Cast
from tests.factories.outbox import Sandbox, new, put, put_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed() -> list[OutboxMessage]:
    """One dead, one waiting behind it, one pending for a minute."""
    rows = put(new(1), new(2))
    OutboxMessage.objects.filter(pk=rows[0].pk).update(
        state="dead", settled_at=timezone.now(), attempts=12, reason="市平台无答复"
    )
    rows += put(new(1, version=2))
    OutboxMessage.objects.filter(pk=rows[1].pk).update(
        created_at=timezone.now() - dt.timedelta(minutes=1)
    )
    return rows


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestStatus:
    def test_an_empty_outbox_has_every_state(self) -> None:
        found = status()
        assert set(found.counts.values()) == {0}
        assert set(found.counts) == set(OutboxMessage.State.values)
        assert found.oldest_pending_at is found.oldest_pending_seconds is found.paused_until is None

    def test_it_counts(self, mixed: list[OutboxMessage]) -> None:
        found = status()
        assert (found.counts["pending"], found.counts["dead"], found.blocked) == (2, 1, 1)
        assert found.oldest_pending_seconds is not None
        assert 60 <= found.oldest_pending_seconds < 70
        (letter,) = found.dead_letters
        assert (letter.stream, letter.attempts, letter.reason) == ("penalty:1", 12, "市平台无答复")

    def test_a_pause_is_named(self) -> None:
        Circuit.objects.create(name="a", open_until=timezone.now() - dt.timedelta(seconds=1))
        assert status().paused_until is None
        until = timezone.now() + dt.timedelta(seconds=30)
        Circuit.objects.update(open_until=until)
        assert status().paused_until == until


class TestCommands:
    def test_status_as_one_document(self, mixed: list[OutboxMessage]) -> None:
        document = json.loads(printed("outbox_status", "--json"))
        assert document["counts"]["dead"] == 1
        assert document["dead_letters"][0]["stream"] == "penalty:1"
        assert document["oldest_pending_at"].endswith("+08:00")
        assert document["paused_until"] is None

    def test_status_in_words(self, mixed: list[OutboxMessage]) -> None:
        Circuit.objects.create(name="a", open_until=timezone.now() + dt.timedelta(seconds=30))
        Incident.objects.create(batch=mixed[0].key, text="怪事")
        text = printed("outbox_status")
        assert "待报送：2\n" in text
        assert "等待前一版本：1\n" in text
        assert "报送暂停至" in text
        assert "报送异常：1\n" in text
        assert "报送失败：penalty:1 第1版（市平台无答复）" in text

    def test_status_of_nothing(self) -> None:
        assert printed("outbox_status").endswith("等待前一版本：0\n")

    def test_drain_once(self, sandbox: Sandbox) -> None:
        put_many(3)
        assert printed("drain_outbox", "--once") == (
            "已报送 3 条：入库 3，退回 0，待重试 0，失败 0\n"
        )
        assert printed("drain_outbox", "--once") == ""


class TestQuerysets:
    def test_only_heads_are_due(self, mixed: list[OutboxMessage]) -> None:
        assert list(OutboxMessage.objects.due(timezone.now())) == [mixed[1]]
        assert list(OutboxMessage.objects.blocked()) == [mixed[2]]

    def test_what_is_held_or_put_off_is_not_due(self) -> None:
        now = timezone.now()
        put_many(2)
        first, second = OutboxMessage.objects.all()
        OutboxMessage.objects.filter(pk=first.pk).update(lease_until=now + dt.timedelta(seconds=1))
        OutboxMessage.objects.filter(pk=second.pk).update(next_at=now + dt.timedelta(seconds=1))
        assert not OutboxMessage.objects.due(now).exists()
        assert OutboxMessage.objects.due(now + dt.timedelta(seconds=1)).count() == 2

    def test_the_table_leaves_the_bodies_out(self) -> None:
        put_many(2)
        newest = OutboxMessage.objects.for_table()[0]
        assert newest.stream == "penalty:2"
        assert "body" in newest.get_deferred_fields()

    @pytest.mark.parametrize(
        ("who", "count"),
        [
            ("clerk", 2),
            ("head", 2),
            ("county_clerk", 1),
            ("other_clerk", 1),
            ("officer", 3),
            ("sysadmin", 0),
            ("firm_head", 0),
            ("visitor", 0),
        ],
    )
    def test_each_sees_the_messages_of_the_own_departments_and_those_below(
        self, cast: Cast, who: str, count: int
    ) -> None:
        assert cast.bureau
        for message, code in zip(
            put(new(1), new(2), new(3)), (BUREAU, HOUSING, COUNTY), strict=True
        ):
            OutboxMessage.objects.filter(pk=message.pk).update(department_code=code)
        assert OutboxMessage.objects.visible_to(getattr(cast, who)).count() == count


def test_attempts_come_newest_first(sandbox: Sandbox) -> None:
    sandbox.fail(error=1)
    (message,) = put(new())
    drain(limit=1)
    sandbox.fail(error=0)
    OutboxMessage.objects.update(next_at=message.next_at)
    drain()
    latest, first = attempts_of(message)
    assert (latest.outcome, latest.label, latest.status) == ("accepted", "已接收", 200)
    assert (first.outcome, first.label, first.status) == ("unknown", "结果未知", 500)
    assert latest.at > first.at
