"""The bulletin of the three rates as a PDF."""

import datetime as dt
import re
import subprocess

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.audit.models import AuditEvent
from credit_portal.outbox.models import OutboxMessage
from credit_portal.reports import selectors, services
from tests.factories.publicity import make_penalty, make_team, published

OCTOBER = dt.date(2026, 10, 1)


@pytest.fixture
def admin(db):
    user = User.objects.create(username="sysadmin", name="林涛")
    grant_role(user=user, role=Role.SYSTEM_ADMIN, by=None)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def month(db):
    """One decision taken in time, one late and named with its reason."""
    team = make_team()
    with time_machine.travel("2026-11-02 09:00+08:00", tick=False):
        for number, day, received in (
            (1, dt.date(2026, 10, 29), dt.date(2026, 11, 2)),
            (2, dt.date(2026, 10, 12), dt.date(2026, 11, 2)),
        ):
            row = published(make_penalty(team, decided_on=day, number=number), team)
            OutboxMessage.objects.filter(stream=row.reference).update(
                state="accepted", settled_at=timezone.now(), received_on=received, receipt="SGS1"
            )
    return team


def test_the_figures_and_the_late_list(month, admin):
    context = selectors.rates_report(month=OCTOBER, user=admin)

    assert context["total"] == {
        "department": "合计",
        "due": 2,
        "reported": 2,
        "valid": 2,
        "timely": 1,
        "reported_rate": "100.0%",
        "valid_rate": "100.0%",
        "timely_rate": "50.0%",
    }
    (late,) = context["late"]
    assert (late["reference"], late["days_late"]) == ("（淮）应急罚〔2026〕2号", 8)
    assert late["reason"] == "补录历史决定。"


def test_the_pdf_says_the_same_and_the_trail_knows_who_took_it(month, admin, tmp_path):
    content = services.rates_report(month=OCTOBER, by=admin)

    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    for words in ("双公示", "三率通报", "2026年10月", "淮南市应急管理局", "100.0%", "50.0%"):
        assert words in text
    assert re.sub(r"\s", "", text).count("有效入库数÷已上报数") == 1
    event = AuditEvent.objects.get(action="report.exported")
    assert (event.actor_name, event.subject_label) == ("林涛", "三率通报 2026-10")


def test_what_the_platform_was_never_given_is_told_by_department(month, admin):
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        make_penalty(month, decided_on=dt.date(2026, 10, 8), number=31)
        make_penalty(
            month, decided_on=dt.date(2026, 10, 30), number=32, deadline_on=dt.date(2026, 12, 1)
        )

        told = selectors.rates_report(month=OCTOBER, user=admin)["unreported"]

    assert told == [{"department": month.department.name, "unreported": 2, "overdue": 1}]


def test_a_clerk_cannot_export(month):
    with pytest.raises(PermissionDenied):
        services.rates_report(month=OCTOBER, by=month.clerk)
    assert not AuditEvent.objects.filter(action="report.exported").exists()
