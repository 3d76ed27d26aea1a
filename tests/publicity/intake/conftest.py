"""The registered city of the samples, a context frozen on their day, and clean rows to spoil."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from credit_portal.accounts.models import Department
from credit_portal.accounts.services import import_departments
from publicity.intake.check import CheckedRow, check_values
from publicity.intake.context import CheckContext
from records.services import import_registry
from tests.factories.records import MarketEntityFactory, SoleTraderFactory

from .builders import FIRM, ORGAN, PENALTY, PERMIT, TRADER

DATA = Path(__file__).parents[2] / "data"
TODAY = dt.date(2026, 11, 2)


def context_on(day: dt.date = TODAY, **more: Any) -> CheckContext:
    organs = Department.objects.values_list("pk", "uscc", "name")
    return CheckContext(
        today=day, authorities={code: (pk, name) for pk, code, name in organs}, **more
    )


@pytest.fixture
def city(db: None) -> None:
    """Departments and registry of the samples."""
    import_departments(rows=json.loads((DATA / "departments.json").read_text()))
    import_registry(
        source=DATA / "market-entities.gbk.csv", filename="market-entities.gbk.csv", by=None
    )


@pytest.fixture
def context(db: None) -> CheckContext:
    """Two organs, a firm and a sole trader."""
    import_departments(
        rows=[
            {"name": "淮南市应急管理局", "uscc": ORGAN, "mark": "淮"},
            {"name": "寿县应急管理局", "uscc": "11340422MAEBD7E87U", "mark": "寿"},
        ]
    )
    MarketEntityFactory(code=FIRM, name="淮南市焜屿电梯维保有限公司")
    SoleTraderFactory(code=TRADER, name="淮南市澔岑熠木业加工厂")
    return context_on()


Judge = Callable[..., CheckedRow]


@pytest.fixture
def penalty(context: CheckContext) -> Judge:
    """`penalty(fine_amount="")`: a clean penalty with these cells changed, judged."""
    return lambda **changes: check_values("penalty", PENALTY | changes, context)


@pytest.fixture
def permit(context: CheckContext) -> Judge:
    return lambda **changes: check_values("permit", PERMIT | changes, context)
