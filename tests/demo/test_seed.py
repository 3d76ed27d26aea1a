"""The demo city: real rules, real services, nothing that could not have happened."""

import datetime as dt
import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.audit.models import AuditEvent
from credit_portal.demo.cast import CAST, totp_secret
from credit_portal.demo.history import Year
from credit_portal.demo.settling import fill_sandbox
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.municipal.sandbox.platform import Platform
from publicity.models import PenaltyDecision, PermitDecision, Publication
from publicity.selectors.rates import board
from records.models import CreditRecord, MarketEntity

# The mark makes the plugin set up the test database, which the fixture alone does not.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def city(django_db_setup, django_db_blocker):
    """Seeded once for the module, taken back at the end."""
    from django.db import connection, transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", days=60, verbosity=0)
        yield
        transaction.set_rollback(True)
    connection.close()


def test_departments_firms_and_people():
    assert Department.objects.filter(is_committee_office=True).count() == 1
    assert MarketEntity.objects.count() == 1200
    assert User.objects.count() > len(CAST)
    assert Authenticator.objects.filter(user__username="clerk").exists()


def test_what_is_public_was_published_by_three_people_and_reported():
    today = timezone.localdate()
    public = PenaltyDecision.objects.filter(state="published")

    assert public.count() > 100
    assert Publication.objects.count() == OutboxMessage.objects.count()
    assert CreditRecord.objects.count() == Publication.objects.count()
    past = Publication.objects.filter(starts_on__lt=today)
    assert not past.exclude(message__state="accepted").exists()
    assert not OutboxMessage.objects.filter(state="accepted", received_on__gte=today).exists()


def test_the_desks_are_alive():
    states = set(PenaltyDecision.objects.values_list("state", flat=True))
    states |= set(PermitDecision.objects.values_list("state", flat=True))

    assert {"draft", "in_review", "approved", "published"} <= states
    late = PenaltyDecision.objects.exclude(late_reason="")
    assert all(row.published_at for row in late)


def test_the_rates_are_high_but_not_perfect():
    month = timezone.localdate().replace(day=1)
    rates = {rate.label: rate for rate in board(month=month, user=None).total.rates(month)}

    assert all(rate.numerator <= rate.denominator for rate in rates.values())


def test_every_step_stands_in_the_trail():
    decision = PenaltyDecision.objects.filter(state="published").first()
    trail = AuditEvent.objects.filter(
        subject_type="publicity.penaltydecision", subject_id=str(decision.pk)
    )

    assert list(trail.order_by("at").values_list("action", flat=True)) == [
        "decision.created",
        "decision.submitted",
        "decision.approved",
        "decision.published",
    ]


@pytest.mark.parametrize("hour", [0, 7, 8, 23])
def test_steps_follow_one_another_at_any_hour_of_the_day(hour):
    """In the small hours of Huainan it is still yesterday in UTC."""
    today = timezone.localdate()
    zone = timezone.get_default_timezone()
    now = dt.datetime(today.year, today.month, today.day, hour, 30, tzinfo=zone)
    with time_machine.travel(now):
        drawn = list(Year(today, days=14).decisions())
        ended = timezone.now()

    assert any(row.submitted_at for row in drawn)
    for row in drawn:
        steps = [row.created_at, row.submitted_at, row.reviewed_at, row.published_at]
        taken = [at for at in steps if at]
        assert taken == sorted(taken)
        assert taken[-1] <= ended


def test_the_cast_is_printed(capsys):
    call_command("demo_cast")
    text = capsys.readouterr().out
    assert "王静" in text
    assert totp_secret("clerk") in text
    call_command("demo_cast", json=True)
    assert {person["username"] for person in json.loads(capsys.readouterr().out)} >= {"clerk"}
    call_command("demo_cast", code="clerk")
    assert len(capsys.readouterr().out.strip()) == 6


def test_it_never_overwrites(settings):
    with pytest.raises(CommandError, match="--reset"):
        call_command("seed_demo")
    settings.MODE = "production"
    with pytest.raises(CommandError, match="正式环境"):
        call_command("seed_demo")


def test_the_sandbox_remembers_what_it_took(tmp_path):
    assert fill_sandbox(tmp_path / "nowhere") == 0
    accepted = OutboxMessage.objects.filter(state="accepted")
    assert fill_sandbox(tmp_path) == accepted.count() > 100
    held = Platform(tmp_path / "effects.jsonl").held
    message = accepted.last_accepted().first()
    assert len(held) == accepted.last_accepted().count()
    assert (held[message.stream].digest, held[message.stream].department) == (
        *(message.digest, message.department_code),
    )
    assert not OutboxMessage.objects.filter(state="held").exists()
