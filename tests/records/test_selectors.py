from __future__ import annotations

from collections.abc import Callable

import pytest

from records.selectors import RegistryEntry, known_codes, registry_index
from tests.factories.records import KnownCodeFactory, MarketEntityFactory, rename, valid_code

pytestmark = pytest.mark.django_db


def test_registry_index() -> None:
    firm = rename(MarketEntityFactory(name="甲甲（淮南）商行", status="注销"), "乙乙商行")
    MarketEntityFactory()
    KnownCodeFactory()
    index = registry_index([firm.code.lower(), valid_code(900)])
    assert dict(index.entries) == {
        firm.code: RegistryEntry(firm.pk, frozenset({"乙乙商行", "甲甲(淮南)商行"}), "注销")
    }
    assert index.get(firm.code) == index.entries[firm.code]
    assert index.get(valid_code(900)) is None
    assert index.known_codes == known_codes() == {"91340200149492322R"}


def test_a_name_is_borne_now_or_formerly() -> None:
    firm = rename(MarketEntityFactory(name="甲甲（淮南）商行"), "乙乙商行")
    index = registry_index([firm.code])
    names = ["乙乙商行", "甲甲 (淮南) 商行", "丙丙商行"]
    assert [index.bears(firm.code, name) for name in names] == [True, True, False]
    assert not index.bears(valid_code(900), "乙乙商行")


def test_any_number_of_codes_takes_two_queries(
    django_assert_num_queries: Callable[[int], object],
) -> None:
    firms = MarketEntityFactory.create_batch(3)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        index = registry_index(
            [*(firm.code for firm in firms), *map(valid_code, range(5000, 9000))]
        )
    assert len(index.entries) == 3
