"""Finding entities by code and by fragments of their names, from two characters on, by index."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet

from credit_portal.demo.registry import synthetic_firms
from records.models import MarketEntity
from records.search import CappedPaginator, capped_count, name_matches
from records.services import import_rows
from tests.factories.records import MarketEntityFactory, rename, valid_code

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [entity.name for entity in MarketEntity.objects.search(text)]


@pytest.fixture
def firms() -> None:
    for number, (name, status) in enumerate(
        [
            ("焜屿商贸", "注销"),
            ("淮南焜屿商贸有限公司", "注销"),
            ("淮南（焜屿）燃气有限公司", "存续"),
            ("淮南焜屿商贸有限公司寿县分公司", "存续"),
            ("ABC渟䶮㛃技术公司", "存续"),
        ],
        start=1,
    ):
        MarketEntityFactory(code=valid_code(number), name=name, status=status)


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("渟䶮", ["ABC渟䶮㛃技术公司"]),
        ("䶮㛃技术", ["ABC渟䶮㛃技术公司"]),
        (" ａｂｃ 渟", ["ABC渟䶮㛃技术公司"]),
        ("（焜屿）燃气", ["淮南（焜屿）燃气有限公司"]),
        ("焜气", []),
        ("屿商有限", []),
        ("焜", []),
        ("", []),
        ("—%_", []),
    ],
)
def test_fragments(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.usefixtures("firms")
def test_exact_first_then_those_in_business() -> None:
    assert found("焜屿商贸") == [
        "焜屿商贸",
        "淮南焜屿商贸有限公司寿县分公司",
        "淮南焜屿商贸有限公司",
    ]
    assert found("屿商贸") == [
        "淮南焜屿商贸有限公司寿县分公司",
        *[
            entity.name
            for entity in MarketEntity.objects.filter(status="注销").order_by("search_order")
        ],
    ]


@pytest.mark.usefixtures("firms")
def test_codes() -> None:
    code = valid_code(3)
    assert found(code.lower()) == ["淮南（焜屿）燃气有限公司"]
    assert found(f"{code[:9]} {code[9:]}") == ["淮南（焜屿）燃气有限公司"]
    assert len(found("913404")) == 5
    assert found("913405") == []
    assert found("91340") == []


def test_former_names_are_found() -> None:
    rename(MarketEntityFactory(name="甲甲商行"), "乙乙商行")
    assert (found("甲甲"), found("乙乙商"), found("行甲")) == (["乙乙商行"], ["乙乙商行"], [])


def test_name_matches_serves_any_table() -> None:
    MarketEntityFactory(name="淮南焜屿商贸有限公司")
    rows = MarketEntity.objects.all()
    assert rows.filter(name_matches("search_name", "焜屿")).count() == 1
    assert rows.filter(name_matches("former_names__search_name", "焜屿")).count() == 0
    assert rows.filter(name_matches("search_name", "焜")).count() == 0


def test_capped_count() -> None:
    MarketEntityFactory.create_batch(3)
    rows = MarketEntity.objects.search("机械")
    assert [capped_count(rows, cap) for cap in (2, 3, 4)] == [(2, True), (3, False), (3, False)]


@pytest.mark.parametrize(("firms", "total"), [(5, "超过 4"), (4, "")])
def test_a_paginator_counts_up_to_its_cap(
    firms: int, total: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    MarketEntityFactory.create_batch(firms)
    monkeypatch.setattr(CappedPaginator, "cap", 4)
    paginator = CappedPaginator(MarketEntity.objects.search("机械"), 2)
    assert (paginator.count, paginator.num_pages, paginator.total_in_words) == (4, 2, total)


def plan(rows: QuerySet[MarketEntity]) -> str:
    return rows.explain()


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> object:
    """20,000 firms, outside the transactions of the tests, because statistics count only what is committed."""
    with django_db_blocker.unblock():
        import_rows(synthetic_firms(20_000, seed=3), by=None)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE records_marketentity")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE records_marketentity, records_registryimport, audit_auditevent CASCADE"
        )


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("垚焜", "entity_name_bigrams"),
        ("䶮㛃商", "entity_name_bigrams"),
        ("淮南渟䶮", "entity_name_bigrams"),
        ("有限", "entity_search_order"),
        ("电梯维", "entity_search_order"),
        ("有限责任公司", "entity_search_order"),
        ("91340403MA", "records_marketentity_code"),
        (valid_code(7), "records_marketentity_code"),
    ],
)
def test_no_search_reads_the_whole_table(text: str, index: str) -> None:
    rows = MarketEntity.objects.search(text)
    for limited in (rows[:20], rows.for_table()[:20]):
        assert "Seq Scan" not in plan(limited)
        assert index in plan(limited)


@pytest.mark.usefixtures("city")
def test_search_agrees_with_looking_at_every_name() -> None:
    names = list(MarketEntity.objects.values_list("name", flat=True)[:2000:97])
    for name in names:
        for size in (2, 3, 4):
            fragment = name[2 : 2 + size]
            everywhere = MarketEntity.objects.filter(name__contains=fragment).count()
            assert MarketEntity.objects.search(fragment).count() == everywhere
