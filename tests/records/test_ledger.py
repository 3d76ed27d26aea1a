"""The ledger: versions, revocations, what counts, and that nothing in it ever changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from credit_portal.accounts.models import Department
from credit_portal.audit.models import AuditEvent
from records.exceptions import LedgerRefused
from records.models import CreditRecord, FormerName, MarketEntity
from records.services import enter, enter_many, revoke
from tests.factories.accounts import Cast
from tests.factories.records import (
    CreditRecordFactory,
    DepartmentFactory,
    KnownCodeFactory,
    MarketEntityFactory,
    ledger_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> MarketEntity:
    return MarketEntityFactory()


@pytest.fixture
def bureau() -> Department:
    return DepartmentFactory()


def test_enter(firm: MarketEntity, cast: Cast) -> None:
    record = enter(
        entity=firm,
        kind="permit",
        direction=CreditRecord.Direction.NEUTRAL,
        reference="permit:7",
        version=1,
        title="安全生产许可",
        facts={"public_id": "x"},
        department=cast.bureau,
        happened_on=dt.date(2026, 9, 24),
        starts_on=dt.date(2026, 9, 25),
        ends_on=None,
        by=cast.head,
    )
    record.refresh_from_db()
    assert (record.entity, record.reference, record.version) == (firm, "permit:7", 1)
    assert (record.facts, record.revoked, record.replaces) == ({"public_id": "x"}, False, None)
    assert (record.entered_by, record.department) == (cast.head.pk, cast.bureau)


def test_a_new_version_replaces_the_last_one(firm: MarketEntity, bureau: Department) -> None:
    first, other = enter_many(
        [ledger_line(firm, bureau), ledger_line(firm, bureau, reference="penalty:2")], by=None
    )
    (second,) = enter_many([ledger_line(firm, bureau, version=3)], by=None)
    assert second.replaces == first
    assert set(CreditRecord.objects.current()) == {second, other}


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_that_is_not_higher_is_refused(
    firm: MarketEntity, bureau: Department, version: int
) -> None:
    enter_many([ledger_line(firm, bureau, version=2)], by=None)
    good = ledger_line(firm, bureau, reference="penalty:2")
    with pytest.raises(LedgerRefused, match=f"第 {version} 版"):
        enter_many([good, ledger_line(firm, bureau, version=version)], by=None)
    assert CreditRecord.objects.count() == 1


def test_a_fact_stays_with_its_entity(firm: MarketEntity, bureau: Department) -> None:
    enter_many([ledger_line(firm, bureau)], by=None)
    with pytest.raises(LedgerRefused, match="另一市场主体"):
        enter_many([ledger_line(MarketEntityFactory(), bureau, version=2)], by=None)
    assert CreditRecord.objects.count() == 1


def test_one_fact_once_in_a_batch(firm: MarketEntity, bureau: Department) -> None:
    with pytest.raises(LedgerRefused, match="出现两次"):
        enter_many([ledger_line(firm, bureau), ledger_line(firm, bureau, version=2)], by=None)
    assert not CreditRecord.objects.exists()


def test_many_lines_take_few_queries(
    firm: MarketEntity,
    bureau: Department,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    lines = [ledger_line(firm, bureau, reference=f"penalty:{n}") for n in range(963)]
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        enter_many(lines, by=None)
    assert CreditRecord.objects.current().count() == 963


def test_revoke(firm: MarketEntity, cast: Cast) -> None:
    (first,) = enter_many([ledger_line(firm, cast.bureau)], by=None)
    revocation = revoke(reference="penalty:1", by=cast.head, reason=" 决定被撤销 ")
    assert revocation.pk != first.pk
    assert (revocation.replaces, revocation.version, revocation.revoked) == (first, 1, True)
    assert (revocation.reason, revocation.entered_by) == ("决定被撤销", cast.head.pk)
    assert list(CreditRecord.objects.current()) == [revocation]
    assert not CreditRecord.objects.in_force(dt.date(2027, 1, 1)).exists()
    first.refresh_from_db()
    assert first.revoked is False
    event = AuditEvent.objects.get(action="ledger.revoked")
    assert (event.changes, event.department_code) == (
        {"reference": "penalty:1", "version": 1},
        cast.bureau.uscc,
    )


def test_a_revoked_fact_may_be_entered_again_as_a_new_version(
    firm: MarketEntity, bureau: Department
) -> None:
    enter_many([ledger_line(firm, bureau)], by=None)
    revocation = revoke(reference="penalty:1", by=None, reason="有误")
    (again,) = enter_many([ledger_line(firm, bureau, version=2)], by=None)
    assert again.replaces == revocation
    assert list(CreditRecord.objects.in_force(dt.date(2027, 1, 1))) == [again]


def test_what_cannot_be_revoked(firm: MarketEntity, bureau: Department) -> None:
    with pytest.raises(LedgerRefused, match="没有可以撤销"):
        revoke(reference="penalty:1", by=None, reason="有误")
    enter_many([ledger_line(firm, bureau)], by=None)
    with pytest.raises(LedgerRefused, match="写明理由"):
        revoke(reference="penalty:1", by=None, reason=" ")
    revoke(reference="penalty:1", by=None, reason="有误")
    with pytest.raises(LedgerRefused, match="没有可以撤销"):
        revoke(reference="penalty:1", by=None, reason="再次")
    assert CreditRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("on", "in_force"),
    [
        (dt.date(2026, 10, 8), False),
        (dt.date(2026, 10, 9), True),
        (dt.date(2029, 9, 24), True),
        (dt.date(2029, 9, 25), False),
    ],
)
def test_both_ends_belong_to_the_time_in_force(on: dt.date, in_force: bool) -> None:
    CreditRecordFactory()
    assert CreditRecord.objects.in_force(on).exists() is in_force


def test_without_an_end_it_stays_in_force() -> None:
    CreditRecordFactory(ends_on=None)
    assert CreditRecord.objects.in_force(dt.date(2099, 1, 1)).exists()


def test_adverse_and_table() -> None:
    adverse = CreditRecordFactory()
    good = CreditRecordFactory(
        direction=CreditRecord.Direction.GOOD, happened_on=dt.date(2026, 9, 25)
    )
    assert list(CreditRecord.objects.adverse()) == [adverse]
    assert list(CreditRecord.objects.for_table()) == [good, adverse]


def sql(statement: str) -> Callable[[CreditRecord], object]:
    return lambda record: connection.cursor().execute(statement)


CHANGES: dict[str, Callable[[CreditRecord], object]] = {
    "save": lambda record: record.save(),
    "queryset update": lambda record: CreditRecord.objects.update(title="另一摘要"),
    "bulk_update": lambda record: CreditRecord.objects.bulk_update([record], ["title"]),
    "delete": lambda record: record.delete(),
    "queryset delete": lambda record: CreditRecord.objects.all().delete(),
    "raw update": sql("UPDATE records_creditrecord SET revoked = true, reason = 'x'"),
    "raw delete": sql("DELETE FROM records_creditrecord"),
    "upsert": sql(
        "INSERT INTO records_creditrecord SELECT * FROM records_creditrecord "
        "ON CONFLICT (id) DO UPDATE SET title = 'x'"
    ),
    "merge": sql(
        "MERGE INTO records_creditrecord t USING records_creditrecord s ON t.id = s.id "
        "WHEN MATCHED THEN DELETE"
    ),
    "as a replica": sql(
        "SET LOCAL session_replication_role = replica; DELETE FROM records_creditrecord"
    ),
}


@pytest.mark.parametrize("way", CHANGES)
def test_no_way_of_changing_the_ledger_works(way: str) -> None:
    record = CreditRecordFactory()
    title = record.title
    record.title = "另一摘要"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CHANGES[way](record)
    kept = CreditRecord.objects.get()
    assert (kept.title, kept.revoked) == (title, False)


def test_the_database_keeps_one_chain_for_each_fact() -> None:
    first = CreditRecordFactory(reference="penalty:1")
    for changes in (
        {"version": 2},
        {"version": 1, "replaces": first},
        {"version": 1, "replaces": first, "revoked": True},
        {"reference": "penalty:2", "starts_on": dt.date(2030, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditRecordFactory(**{"reference": "penalty:1"} | changes)
    assert CreditRecord.objects.count() == 1


def test_rows_are_named_in_lists(firm: MarketEntity) -> None:
    former = FormerName(entity=firm, name="旧名")
    known = KnownCodeFactory()
    assert [str(row) for row in (firm, former, known, CreditRecordFactory(title="处罚"))] == [
        firm.name,
        "旧名",
        known.code,
        "处罚",
    ]
