from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.audit.models import AuditEvent
from credit_portal.outbox.exceptions import NotReplayable
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.services import drain, replay
from tests.factories.accounts import Cast
from tests.factories.outbox import Sandbox, new, put

pytestmark = pytest.mark.django_db
State = OutboxMessage.State


@pytest.fixture
def dead(cast: Cast) -> OutboxMessage:
    assert cast.bureau
    (message,) = put(new())
    OutboxMessage.objects.update(
        state=State.DEAD,
        settled_at=timezone.now(),
        attempts=12,
        strikes=12,
        batch_limit=1,
        reason="忙",
    )
    message.refresh_from_db()
    return message


def refused(message: OutboxMessage, cast: Cast) -> str:
    before = OutboxMessage.objects.filter(pk=message.pk).values().get()
    with pytest.raises(NotReplayable) as caught:
        replay(message=message, by=cast.clerk)
    assert OutboxMessage.objects.filter(pk=message.pk).values().get() == before
    assert not AuditEvent.objects.filter(action="delivery.replayed").exists()
    return caught.value.user_message


def test_a_dead_message_goes_again_under_its_key(
    dead: OutboxMessage, cast: Cast, sandbox: Sandbox
) -> None:
    again = replay(message=dead, by=cast.clerk)
    assert (again.state, again.attempts, again.strikes, again.batch_limit) == ("pending", 0, 0, 50)
    assert (again.key, again.reason, again.settled_at) == (dead.key, "", None)
    drain()
    (effect,) = sandbox.records("penalty:1")
    assert effect["key"] == str(dead.key)


def test_it_is_written_in_the_trail(dead: OutboxMessage, cast: Cast) -> None:
    replay(message=dead, by=cast.clerk)
    event = AuditEvent.objects.get(action="delivery.replayed")
    assert (event.actor_name, event.subject_id) == ("王静", str(dead.pk))
    assert event.changes == {"state": ["dead", "pending"]}
    assert event.department_code == dead.department_code


def test_a_refused_message_may_go_again(dead: OutboxMessage, cast: Cast) -> None:
    OutboxMessage.objects.update(state=State.REJECTED)
    assert replay(message=dead, by=cast.clerk).state == State.PENDING


def test_one_on_its_way_is_left_alone(cast: Cast) -> None:
    assert cast.bureau
    (message,) = put(new())
    assert refused(message, cast) == "该消息当前为“待报送”，不能重新报送。"


def test_a_live_lease_is_waited_for(dead: OutboxMessage, cast: Cast) -> None:
    OutboxMessage.objects.update(lease_until=timezone.now() + dt.timedelta(seconds=9))
    assert refused(dead, cast) == "该消息正在报送中，请稍后再试。"


def test_a_refused_version_with_a_successor_stays_refused(dead: OutboxMessage, cast: Cast) -> None:
    put(new(1, version=2))
    OutboxMessage.objects.filter(pk=dead.pk).update(state=State.REJECTED)
    assert refused(dead, cast) == "该记录已有更正版本，请重新报送更正版本。"


def test_a_department_that_is_gone_is_said(dead: OutboxMessage, cast: Cast) -> None:
    dead.department_code = "nowhere"
    assert refused(dead, cast) == "找不到该消息的报送部门，不能重新报送。"


@pytest.mark.parametrize("who", ["head", "other_clerk", "county_clerk", "officer", "sysadmin"])
def test_only_who_files_for_the_department_may(dead: OutboxMessage, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        replay(message=dead, by=getattr(cast, who))
    dead.refresh_from_db()
    assert dead.state == State.DEAD
    assert not AuditEvent.objects.filter(action="delivery.replayed").exists()
