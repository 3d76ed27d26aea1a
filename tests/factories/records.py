"""Entities with arithmetically valid synthetic codes, and lines of their ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from credit_portal.accounts.models import Department
from records.codes import CHARACTERS, check_character, organisation_check_character
from records.models import CreditRecord, FormerName, KnownCode, MarketEntity
from records.names import search_form
from records.services import LedgerLine


def valid_code(number: int, *, kind: str = "91", region: str = "340403") -> str:
    """The synthetic code with this number: `valid_code(1)` is always the same."""
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 31)
        digits = CHARACTERS[rest] + digits
    body = "MA" + digits
    front = f"{kind}{region}{body}{organisation_check_character(body)}"
    return front + check_character(front)


class MarketEntityFactory(DjangoModelFactory[MarketEntity]):
    class Meta:
        model = MarketEntity

    code = factory.Sequence(lambda n: valid_code(n + 1))
    name = factory.Sequence(lambda n: f"淮南市焜屿{n + 1}号机械制造有限公司")
    search_name = factory.LazyAttribute(lambda entity: search_form(entity.name))
    legal_representative = "王静"
    address = "安徽省淮南市田家庵区洞山路1号"
    industry = "工贸"
    division_code = "340403"
    established_on = dt.date(2015, 5, 20)


class SoleTraderFactory(MarketEntityFactory):
    code = factory.Sequence(lambda n: valid_code(n + 1, kind="92"))
    name = factory.Sequence(lambda n: f"田家庵区焜屿{n + 1}号木业加工厂")


def rename(entity: MarketEntity, name: str) -> MarketEntity:
    """The entity under a new name, as a registry loading leaves it."""
    FormerName.objects.create(entity=entity, name=entity.name, search_name=entity.search_name)
    formers = [*filter(None, entity.former_search_names.split("\n")), entity.search_name]
    entity.former_search_names = "\n".join(formers)
    entity.name, entity.search_name = name, search_form(name)
    entity.save()
    entity.refresh_from_db()
    return entity


class KnownCodeFactory(DjangoModelFactory[KnownCode]):
    class Meta:
        model = KnownCode

    code = "91340200149492322R"
    reason = "登记机关已核实"
    confirmed_by = "芜湖市市场监督管理局"
    confirmed_on = dt.date(2024, 3, 1)


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department
        django_get_or_create = ("uscc",)

    uscc = "11340400MAMJ1E6E06"
    name = "淮南市应急管理局"


class CreditRecordFactory(DjangoModelFactory[CreditRecord]):
    class Meta:
        model = CreditRecord

    entity = factory.SubFactory(MarketEntityFactory)
    kind = "penalty"
    direction = CreditRecord.Direction.ADVERSE
    reference = factory.Sequence(lambda n: f"penalty:{n + 1}")
    title = factory.LazyAttribute(lambda record: f"行政处罚 {record.reference}")
    department = factory.SubFactory(DepartmentFactory)
    happened_on = dt.date(2026, 9, 24)
    starts_on = dt.date(2026, 10, 9)
    ends_on = dt.date(2029, 9, 24)


def ledger_line(entity: MarketEntity, department: Any, **changes: Any) -> LedgerLine:
    values: dict[str, Any] = {
        "entity_id": entity.pk,
        "kind": "penalty",
        "direction": CreditRecord.Direction.ADVERSE,
        "reference": "penalty:1",
        "version": 1,
        "title": "行政处罚决定",
        "facts": {"document_number": "（淮）应急罚〔2026〕1号"},
        "department_id": department.pk,
        "happened_on": dt.date(2026, 9, 24),
        "starts_on": dt.date(2026, 10, 9),
        "ends_on": dt.date(2029, 9, 24),
    }
    return LedgerLine(**values | changes)
