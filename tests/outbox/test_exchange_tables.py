"""The exchange database: a second PostgreSQL database in which the receiver answers by filling in columns."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from credit_portal.outbox.models import Circuit, DeliveryAttempt, OutboxMessage
from credit_portal.outbox.municipal.exchange_tables import AT_ONCE, TableTransport
from credit_portal.outbox.municipal.sandbox.platform import Platform
from credit_portal.outbox.municipal.transport import ListingFailed
from credit_portal.outbox.services import drain
from tests.factories.outbox import database_url, new, put, put_many, ripen, settings_for

pytestmark = pytest.mark.django_db


class Receiver:
    """Reads what was written and answers as the platform would, by the sandbox's own rules."""

    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address, autocommit=True, row_factory=dict_row)
        self.platform = Platform()

    def rows(self, where: str = "true") -> list[dict[str, Any]]:
        return self.connection.execute(
            f"SELECT * FROM hn_credit_delivery WHERE {where} ORDER BY written_at"
        ).fetchall()

    def answer(self) -> None:
        for row in self.rows("result IS NULL"):
            (line,) = self.platform.receive([row | {"key": str(row["key"])}])
            self.connection.execute(
                "UPDATE hn_credit_delivery SET receipt = %s, received_at = %s, code = %s,"
                " message = %s, result = %s WHERE key = %s",
                [
                    *(line.get(n) for n in ("receipt", "received_at", "code", "message", "result")),
                    row["key"],
                ],
            )


@pytest.fixture(scope="module")
def second_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    name = f"exchange_{uuid.uuid4().hex[:10]}"
    with django_db_blocker.unblock():
        address = database_url()
    admin = psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True)
    admin.execute(f"CREATE DATABASE {name}")
    yield make_conninfo(address, dbname=name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def receiver(second_database: str, settings) -> Iterator[Receiver]:
    settings.MUNICIPAL = settings_for("") | {"WAY": "database", "EXCHANGE_URL": second_database}
    call_command("create_exchange_tables", verbosity=0)
    running = Receiver(second_database)
    yield running
    running.connection.execute("DROP TABLE IF EXISTS hn_credit_delivery, hn_credit_holding")
    running.connection.close()


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("id").values_list("state", flat=True))


def test_written_is_handed_over_and_the_answer_settles_it(receiver: Receiver) -> None:
    good, bad = put(new(1), new(2))
    OutboxMessage.objects.filter(pk=bad.pk).update(body="{", unchecked=True)
    report = drain()
    assert (report.sent, report.settled.handed) == (2, 2)
    assert states() == ["handed", "handed"]
    assert [row["key"] for row in receiver.rows()] == [good.key, bad.key]
    ripe()
    drain()
    assert states() == ["handed", "handed"]
    receiver.answer()
    ripe()
    assert drain().settled.accepted == 1
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, good.receipt[:2], bad.state, bad.reason_code) == (
        *("accepted", "HN", "rejected", "1099"),
    )
    tries = dict(DeliveryAttempt.objects.values_list("message", "outcome"))
    assert tries == {good.pk: "accepted", bad.pk: "rejected"}


def ripe() -> None:
    from django.utils import timezone

    OutboxMessage.objects.update(next_at=timezone.now())


def test_the_next_version_waits_for_the_answer(receiver: Receiver) -> None:
    put(new(1))
    drain()
    put(new(1, version=2))
    assert drain().sent == 0
    receiver.answer()
    ripe()
    drain()
    assert states() == ["accepted", "pending"]
    drain()
    receiver.answer()
    ripe()
    drain()
    assert states() == ["accepted", "accepted"]
    assert receiver.platform.stats()["order_inversions"] == 0


def test_writing_twice_is_one_row(receiver: Receiver) -> None:
    put(new(1))
    drain()
    OutboxMessage.objects.update(state="pending")
    ripe()
    drain()
    assert len(receiver.rows()) == 1
    receiver.answer()
    OutboxMessage.objects.update(state="pending")
    ripe()
    assert drain().settled.accepted == 1  # answered before: read back at once
    assert receiver.platform.stats()["effects"] == 1


def test_what_is_put_off_is_written_again(receiver: Receiver) -> None:
    put(new(1))
    drain()
    receiver.connection.execute("UPDATE hn_credit_delivery SET result = 'retry', message = '忙'")
    ripe()
    assert drain().settled.retried == 1
    assert states() == ["pending"]
    ripen()
    drain()
    assert receiver.rows()[0]["result"] is None
    assert list(DeliveryAttempt.objects.order_by("id").values_list("outcome", flat=True)) == [
        *("transient", "handed")
    ]


def test_a_row_that_is_gone_is_written_again(receiver: Receiver) -> None:
    put(new(1))
    drain()
    receiver.connection.execute("DELETE FROM hn_credit_delivery")
    ripe()
    drain()
    ripen()
    drain()
    assert states() == ["handed"]
    assert len(receiver.rows()) == 1


def test_a_database_that_is_away_costs_a_try_and_no_answer(receiver: Receiver, settings) -> None:
    put(new(1))
    drain()
    there = settings.MUNICIPAL
    settings.MUNICIPAL = there | {"EXCHANGE_URL": "host=127.0.0.1 port=1 dbname=x"}
    ripe()
    drain()
    assert states() == ["handed"]
    assert Circuit.objects.get().failures == 1
    put(new(2))
    drain(limit=1)
    assert states() == ["handed", "pending"]
    with pytest.raises(ListingFailed):
        TableTransport(settings.MUNICIPAL).holdings("")
    with pytest.raises(CommandError, match="前置库"):
        call_command("create_exchange_tables", verbosity=0)


def test_one_row_that_the_table_refuses_is_isolated(receiver: Receiver) -> None:
    put_many(4)
    receiver.connection.execute("ALTER TABLE hn_credit_delivery ADD CHECK (stream <> 'penalty:3')")
    for _ in range(4):
        drain()
        ripen()
        Circuit.objects.update(open_until=None, probe_until=None)
    assert sorted(states()) == ["handed", "handed", "handed", "pending"]


def test_the_list_of_the_receiver_comes_in_pages(receiver: Receiver, settings) -> None:
    with receiver.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO hn_credit_holding VALUES (%s, 1, 'd')",
            [[f"penalty:{n}"] for n in range(AT_ONCE + 3)],
        )
    way = TableTransport(settings.MUNICIPAL)
    first = way.holdings("")
    second = way.holdings(first.cursor)
    way.close()
    assert (len(first.holdings), len(second.holdings), second.cursor) == (AT_ONCE, 3, "")
    assert len({h.stream for h in (*first.holdings, *second.holdings)}) == AT_ONCE + 3


def test_creating_the_tables_again_changes_nothing(receiver: Receiver) -> None:
    put(new(1))
    drain()
    call_command("create_exchange_tables", verbosity=0)
    assert len(receiver.rows()) == 1
    assert connection.vendor == "postgresql"


def test_without_an_address_there_is_nothing_to_create(settings) -> None:
    settings.MUNICIPAL = settings_for("")
    with pytest.raises(CommandError, match="PORTAL_EXCHANGE_URL"):
        call_command("create_exchange_tables", verbosity=0)
