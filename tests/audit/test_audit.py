"""The trail: written with the change, never rewritten."""

import pytest
from django.db import DatabaseError, connection, transaction

from credit_portal.audit import presenters
from credit_portal.audit.context import request_id
from credit_portal.audit.models import AuditEvent
from credit_portal.audit.selectors import TimelineEntry, timeline
from credit_portal.audit.services import record, record_many
from credit_portal.exceptions import OutsideTransaction
from tests.factories.accounts import BUREAU, make_user


def test_record_says_who_what_why(cast):
    token = request_id.set("7f")
    with transaction.atomic():
        event = record(
            "decision.returned",
            by=cast.reviewer,
            subject=cast.bureau,
            label="长" * 400,
            department_code=BUREAU,
            reason="缺少文书号",
            changes={"state": ["submitted", "returned"]},
        )
    request_id.reset(token)

    event.refresh_from_db()
    assert str(event) == f"decision.returned {'长' * 300}"
    assert (event.actor_id, event.actor_name, event.actor_role) == (
        cast.reviewer.pk,
        "李伟",
        "审核员",
    )
    assert (event.subject_type, event.subject_id) == ("accounts.department", str(cast.bureau.pk))
    assert (event.department_code, event.reason) == (BUREAU, "缺少文书号")
    assert event.changes == {"state": ["submitted", "returned"]}
    assert event.request_id == "7f"


def test_the_system_and_people_without_a_name(cast):
    nameless = make_user()
    nameless.name = ""
    with transaction.atomic():
        first = record("x", by=None, subject=cast.bureau)
        second = record("x", by=nameless, subject=cast.bureau)

    assert (first.actor_id, first.actor_name, first.actor_role) == (None, "系统", "")
    assert second.actor_name == "somebody"
    assert first.subject_label == "淮南市应急管理局"


def test_record_many_is_one_insert(cast, django_assert_num_queries):
    subjects = list(cast.departments.values())
    cast.clerk.role_names  # noqa: B018 - read once for each person
    with transaction.atomic(), django_assert_num_queries(1):
        record_many("x", by=cast.clerk, subjects=subjects, department_code=BUREAU, reason="批量")

    events = AuditEvent.objects.filter(action="x")
    assert {event.subject_id for event in events} == {str(one.pk) for one in subjects}
    assert {(event.reason, event.department_code) for event in events} == {("批量", BUREAU)}


def test_nothing_is_recorded_outside_a_transaction(cast):
    subject = cast.bureau
    before = AuditEvent.objects.count()

    with pytest.raises(OutsideTransaction):
        record("x", by=None, subject=subject)
    with pytest.raises(OutsideTransaction):
        record_many("x", by=None, subjects=[subject])

    assert AuditEvent.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_leaves_no_trail():
    user = make_user()
    before = AuditEvent.objects.count()

    with transaction.atomic():
        record("x", by=None, subject=user)
        transaction.set_rollback(True)

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("replica", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET reason = 'x'",
        "DELETE FROM audit_auditevent",
    ],
)
def test_the_past_stays(cast, statement, replica):
    cast.clerk  # noqa: B018
    before = list(AuditEvent.objects.values())

    with connection.cursor() as cursor:
        if replica:  # what switches ordinary triggers off
            cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)

    assert list(AuditEvent.objects.values()) == before


def test_timeline_reads_oldest_first_in_words(cast):
    presenters.register({"decision.submitted": "提交审核"})
    with transaction.atomic():
        record("decision.submitted", by=cast.clerk, subject=cast.housing)
        last = record("unknown.act", by=cast.clerk, subject=cast.housing, reason="试")
        record("decision.submitted", by=cast.clerk, subject=cast.bureau)

    entries = timeline(cast.housing)

    assert [entry.what for entry in entries] == ["新增部门", "提交审核", "unknown.act"]
    assert entries[-1] == TimelineEntry(last.at, "王静", "录入员", "unknown.act", "试")


def test_each_request_has_its_number(cast, client, sign_in):
    answers = [
        sign_in(client, cast.clerk).get("/healthz", headers={"x-request-id": "forged"})
        for _ in range(2)
    ]

    numbers = {answer["X-Request-ID"] for answer in answers}
    assert len(numbers) == 2
    assert "forged" not in numbers
    assert request_id.get() == ""


def test_rows_written_in_a_request_bear_its_number(cast, page_client):
    cast.firm_head  # noqa: B018
    answer = page_client.post(
        "/sign-in/", {"login": "firm_head", "password": "Blue-Kettle-42-Moss"}
    )

    assert AuditEvent.objects.get(action="account.signed_in").request_id == answer["X-Request-ID"]
