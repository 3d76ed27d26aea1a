"""Messages that people carry: handed over, answered by a sheet, taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.audit.models import AuditEvent
from credit_portal.outbox.exceptions import NotCarried
from credit_portal.outbox.models import (
    AnswerSheet,
    Circuit,
    DeliveryAttempt,
    OutboxMessage,
    Package,
)
from credit_portal.outbox.municipal.transport import ItemAnswer, Outcome
from credit_portal.outbox.services import (
    SheetRow,
    drain,
    hand_over,
    read_answers,
    replay,
    take_back,
)
from tests.factories.accounts import Cast
from tests.factories.outbox import new, put, settings_for

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 27)


@pytest.fixture(autouse=True)
def by_hand(settings) -> None:
    settings.MUNICIPAL = settings_for("") | {"WAY": "workbook"}


def carried(cast: Cast, *items) -> tuple[Package, list[OutboxMessage]]:
    assert cast.bureau
    messages = put(*items)
    write = lambda number, rows: f"{number} {len(rows)}".encode()  # noqa: E731
    return hand_over(department=cast.bureau, by=cast.clerk, write=write), messages


def row(message: OutboxMessage | str, outcome: str = "accepted", number: int = 2) -> SheetRow:
    key = message if isinstance(message, str) else str(message.key)
    if outcome == "accepted":
        return SheetRow(number, ItemAnswer(key, Outcome.ACCEPTED, receipt="HN1", received_on=DAY))
    return SheetRow(number, ItemAnswer(key, Outcome.REJECTED, code="1005"))


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


def test_handed_over_is_not_delivered(cast: Cast) -> None:
    package, _ = carried(cast, new(1), new(2))
    put(new(1, version=2))
    assert drain().sent == 0
    assert states() == ["handed", "handed", "pending"]
    assert (package.size, len(package.digest), package.file) == (
        *(2, 64, f"{package.number} 2".encode()),
    )
    assert str(package).startswith("BS")
    assert not OutboxMessage.objects.to_ask_after(timezone.now() + dt.timedelta(days=1)).exists()
    assert AuditEvent.objects.get(action="package.made").reason == "2 条"


def test_the_sheet_settles_and_reading_it_twice_does_nothing(cast: Cast) -> None:
    package, (first, second, third) = carried(cast, new(1), new(2), new(3))
    put(new(2, version=2))
    rows = [
        row(first),
        row(second, "rejected", 3),
        row("nobody", number=4),
        SheetRow(5, ItemAnswer(str(third.key), Outcome.UNKNOWN), "看不懂"),
    ]
    sheet, fresh = read_answers(package=package, rows=rows, digest="d", by=cast.clerk)
    assert (fresh, sheet.accepted, sheet.rejected, sheet.unchanged) == (True, 1, 1, 0)
    assert [(line["row"], line["text"]) for line in sheet.unknown] == [
        (4, "本包没有这个报送编号"),
        (5, "看不懂"),
    ]
    assert states() == ["accepted", "superseded", "handed", "pending"]
    first.refresh_from_db()
    assert (first.receipt, first.received_on) == ("HN1", DAY)
    assert list(DeliveryAttempt.objects.order_by("pk").values_list("outcome", flat=True)) == [
        *("accepted", "rejected", "handed")
    ]
    again, fresh = read_answers(package=package, rows=rows, digest="d", by=cast.clerk)
    assert (again.pk, fresh, AnswerSheet.objects.count()) == (sheet.pk, False, 1)
    assert str(again) == f"{package.number} d"


def test_another_file_changes_only_what_was_open(cast: Cast) -> None:
    package, (first, second) = carried(cast, new(1), new(2))
    read_answers(package=package, rows=[row(first)], digest="a", by=cast.clerk)
    rows = [row(first), row(first, "rejected", 3), row(second, number=4)]
    sheet, _ = read_answers(package=package, rows=rows, digest="b", by=cast.clerk)
    assert (sheet.accepted, sheet.rejected, sheet.unchanged) == (1, 0, 1)
    assert sheet.unknown[0]["text"] == "与已登记的结果（已入库）不一致，没有改动"
    assert states() == ["accepted", "accepted"]


def test_what_was_not_uploaded_is_taken_back(cast: Cast) -> None:
    package, (first, second) = carried(cast, new(1), new(2))
    read_answers(package=package, rows=[row(first)], digest="a", by=cast.clerk)
    assert take_back(package=package, by=cast.clerk) == 1
    second.refresh_from_db()
    assert (second.state, second.package) == ("pending", None)
    with pytest.raises(NotCarried, match="不能收回"):
        take_back(package=package, by=cast.clerk)


def test_a_refused_one_may_be_carried_again(cast: Cast) -> None:
    package, (message,) = carried(cast, new(1))
    read_answers(package=package, rows=[row(message, "rejected")], digest="a", by=cast.clerk)
    message.refresh_from_db()
    replay(message=message, by=cast.clerk)
    other, _ = carried(cast)
    message.refresh_from_db()
    assert message.package == other


def test_nothing_waits_nothing_is_made(cast: Cast) -> None:
    with pytest.raises(NotCarried, match="没有待报送"):
        carried(cast)
    assert not Package.objects.exists()


def test_what_may_have_arrived_is_not_carried(cast: Cast) -> None:
    doubtful, _ = put(new(1), new(2))
    DeliveryAttempt.objects.create(message=doubtful, batch=doubtful.key, outcome="unknown")
    package, _ = carried(cast)
    assert package.size == 1
    assert states() == ["pending", "handed"]


def test_people_carry_only_where_the_machine_does_not(cast: Cast, settings) -> None:
    settings.MUNICIPAL = settings_for("http://127.0.0.1:1")
    with pytest.raises(NotCarried, match="自动报送"):
        carried(cast, new(1))
    Circuit.objects.create(name="municipal", failures=9, opened_at=timezone.now())
    assert carried(cast)[0].size == 1


@pytest.mark.parametrize("who", ["head", "other_clerk", "officer"])
def test_only_who_files_for_the_department_may(cast: Cast, who: str) -> None:
    package, (message,) = carried(cast, new(1))
    person = getattr(cast, who)
    with pytest.raises(NotAllowed):
        read_answers(package=package, rows=[row(message)], digest="a", by=person)
    with pytest.raises(NotAllowed):
        take_back(package=package, by=person)
    with pytest.raises(NotAllowed):
        hand_over(department=cast.bureau, by=person, write=lambda number, rows: b"")
    assert states() == ["handed"]


def test_a_department_that_is_gone_is_said(cast: Cast) -> None:
    package, _ = carried(cast, new(1))
    package.department_code = "nowhere"
    with pytest.raises(NotCarried, match="找不到"):
        take_back(package=package, by=cast.clerk)
