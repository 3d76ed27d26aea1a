"""A receiver that does not dedupe is asked before anything is sent again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from credit_portal.outbox.models import DeliveryAttempt, Incident, OutboxMessage
from credit_portal.outbox.services import drain
from credit_portal.outbox.services.delivery import claim_batch, lease_time
from tests.factories.outbox import Sandbox, new, put, put_many, ripen, running_sandbox, settings_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def forgetful(settings) -> Iterator[Sandbox]:
    """A sandbox without dedupe, and a portal that knows it."""
    with running_sandbox("--no-dedupe") as running:
        settings.MUNICIPAL = settings_for(running.url) | {"DEDUPES": False}
        yield running


def outcomes() -> list[str]:
    return list(DeliveryAttempt.objects.order_by("id").values_list("outcome", flat=True))


@pytest.mark.parametrize("fault", ["apply_error", "lost_ack", "truncated"])
def test_what_arrived_is_not_sent_again(forgetful: Sandbox, fault: str) -> None:
    put_many(3)
    forgetful.fail(**{fault: 1})
    drain(limit=3)
    ripen()
    forgetful.fail(**{fault: 0})
    assert drain().settled.accepted == 3
    stats = forgetful.stats()
    assert (stats["effects"], stats["double_effects"]) == (3, 0)
    assert outcomes() == ["unknown"] * 3 + ["accepted"] * 3


@pytest.mark.parametrize("fault", ["error", "drop"])
def test_what_never_arrived_is_sent(forgetful: Sandbox, fault: str) -> None:
    put_many(2)
    forgetful.fail(**{fault: 1})
    drain(limit=2)
    ripen()
    forgetful.fail(**{fault: 0})
    (other,) = put(new(9))
    assert drain().settled.accepted == 3
    assert forgetful.stats()["double_effects"] == 0
    assert OutboxMessage.objects.get(pk=other.pk).attempts == 1
    assert not Incident.objects.exists()


def test_without_an_answer_to_the_question_nothing_is_sent(forgetful: Sandbox, settings) -> None:
    put_many(1)
    forgetful.fail(lost_ack=1)
    drain(limit=1)
    ripen()
    settings.MUNICIPAL = settings.MUNICIPAL | {"URL": "http://127.0.0.1:1"}
    assert drain(limit=1).settled.retried == 1
    assert forgetful.stats()["effects"] == 1


def test_a_dead_workers_message_is_asked_about(forgetful: Sandbox) -> None:
    put_many(1)
    claim_batch(50)
    OutboxMessage.objects.update(lease_until=None)
    claim = claim_batch(50)
    assert claim is not None
    assert claim.doubtful == {message.key for message in claim.messages}


def test_it_is_given_time_to_finish(forgetful: Sandbox, settings) -> None:
    settings.MUNICIPAL = settings.MUNICIPAL | {"QUIET": 30.0}
    put_many(1)
    forgetful.fail(lost_ack=1)
    drain(limit=1)
    message = OutboxMessage.objects.get()
    tried = DeliveryAttempt.objects.get()
    assert (message.next_at - tried.started_at).total_seconds() >= 30
    assert lease_time().total_seconds() == 34
