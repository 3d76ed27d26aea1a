from __future__ import annotations

import hashlib

import pytest
from django.db import connection, transaction

from credit_portal.exceptions import OutsideTransaction
from credit_portal.outbox.exceptions import ConflictingVersion, OutOfOrder
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.services import enqueue, enqueue_many
from credit_portal.waking import Wake
from tests.factories.accounts import BUREAU
from tests.factories.outbox import new, put

pytestmark = pytest.mark.django_db
State = OutboxMessage.State


def test_the_message_is_frozen_in_one_canonical_form() -> None:
    with transaction.atomic():
        message = enqueue(
            "penalty",
            stream="penalty:7",
            sequence=2,
            payload={"b": "罚", "a": 1, "fields": {}, "operation": "withdraw"},
            department_code=BUREAU,
            schema_version="s",
        )
    assert message.body == '{"a":1,"b":"罚","fields":{},"operation":"withdraw"}'
    assert message.digest == hashlib.sha256(message.body.encode()).hexdigest()
    assert str(message.key) == "14eebb07-4448-538a-add7-26baaa3bf2fa"
    assert str(message) == "penalty:7 第2版"
    assert message.state == State.PENDING


def test_it_refuses_outside_a_transaction() -> None:
    with pytest.raises(OutsideTransaction):
        enqueue_many([new()])
    assert not OutboxMessage.objects.exists()


def test_nothing_to_tell_is_nothing_to_write() -> None:
    assert put() == []


def test_the_same_version_again_is_the_same_row() -> None:
    (first,) = put(new(1))
    second, other, third = put(new(1), new(2), new(1))
    assert first.pk == second.pk == third.pk != other.pk
    assert OutboxMessage.objects.count() == 2


def test_the_same_version_with_other_content_is_an_error() -> None:
    put(new(1))
    with pytest.raises(ConflictingVersion):
        put(new(2), new(1, BZ="别的内容"))
    with pytest.raises(ConflictingVersion):
        put(new(3), new(3, BZ="别的内容"))
    assert OutboxMessage.objects.count() == 1


def test_an_older_version_never_comes_late() -> None:
    put(new(1, version=3))
    with pytest.raises(OutOfOrder):
        put(new(1, version=2))
    assert OutboxMessage.objects.count() == 1


def test_an_older_version_that_is_known_may_be_named_again() -> None:
    (first,) = put(new(1))
    put(new(1, version=2))
    assert put(new(1))[0].pk == first.pk


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("rejected", "superseded"),
        ("held", "superseded"),
        ("dead", "dead"),
        ("accepted", "accepted"),
        ("pending", "pending"),
    ],
)
def test_a_correction_takes_the_place_of_a_refused_version_only(state: str, then: str) -> None:
    (first, other) = put(new(1), new(2))
    settle(first, state)
    settle(other, "rejected")
    put(new(1, version=2))
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.state, other.state) == (then, "rejected")


def test_one_transaction_wakes_the_worker_once() -> None:
    with transaction.atomic():
        put(new(1))
        put(new(2))
        wakes = [entry[1] for entry in connection.run_on_commit]
    assert wakes == [Wake("outbox.drain")]


def settle(message: OutboxMessage, state: str) -> None:
    facts = {"receipt": "R", "received_on": "2026-10-09"} if state == "accepted" else {}
    settled = None if state == "pending" else message.created_at
    OutboxMessage.objects.filter(pk=message.pk).update(state=state, settled_at=settled, **facts)
