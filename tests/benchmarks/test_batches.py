"""Preview and import through the real services, against reading the sheet and copying its rows.

The floor is what no import can do without: calamine reads the sheet, COPY writes the rows into the table they
belong to, indexes and constraints included. Both stand in the same run. `./portal bench` prints the figures.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from credit_portal.accounts.services import import_departments
from publicity import services
from publicity.models import ImportBatch, PenaltyDecision
from records.services import import_registry
from tests.factories.publicity import make_department, make_team

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DATA = Path(__file__).parents[1] / "data"
SAMPLE = DATA / "penalties-2026-10.xlsx"
TIMES = 7


@pytest.fixture
def team(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    import_departments(rows=json.loads((DATA / "departments.json").read_text(encoding="utf-8")))
    registry = DATA / "market-entities.gbk.csv"
    import_registry(source=registry, filename=registry.name, by=None)
    department = make_department()
    department.files_for_others = True
    department.save()
    return make_team(department)


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = function()
    return time.perf_counter() - started, answer


def read() -> int:
    with SAMPLE.open("rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        return sum(1 for _ in book.get_sheet_by_name("数据").iter_rows())


def copied(table: str) -> Callable[[], None]:
    """COPY of the rows that stand in the table now, back into it after it was emptied."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as source:
        content = b"".join(bytes(block) for block in source)

    def write() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as target:
            target.write(content)

    return write


def emptied(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def one_round(team: Any, number: int) -> dict[str, float]:
    batch = services.receive_workbook(
        kind="penalty",
        upload=SimpleUploadedFile(f"{number}.xlsx", SAMPLE.read_bytes()),
        department=team.department,
        by=team.clerk,
    )
    checked, batch = timed(lambda: services.check_batch(batch=batch))
    imported, batch = timed(lambda: services.import_batch(batch=batch, by=team.clerk))
    assert (batch.accepted, batch.imported) == (963, 963)
    figures = {"check": checked, "import": imported, "read": timed(read)[0]}
    with transaction.atomic():
        decisions = copied("publicity_penaltydecision")
        lines = copied("publicity_importrow")
        emptied("publicity_penaltydecision")
        emptied("publicity_importrow")
        figures["copy rows"] = timed(lines)[0]
        figures["copy decisions"] = timed(decisions)[0]
        transaction.set_rollback(True)
    PenaltyDecision.objects.all().delete()
    ImportBatch.objects.all().update(state="undone")
    return figures


@time_machine.travel("2026-11-02 09:00+08:00")
def test_preview_and_import_of_a_month(team: Any) -> None:
    rounds = [one_round(team, number) for number in range(TIMES)]
    best = {name: min(figures[name] for figures in rounds) for name in rounds[0]}
    preview = best["check"] / (best["read"] + best["copy rows"])
    loading = best["import"] / (best["read"] + best["copy decisions"])
    parts = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in best.items())
    sys.stdout.write(f"\n1,000 rows: {parts}; preview {preview:.2f}x, import {loading:.2f}x\n")
    assert preview < 3
    assert loading < 3
