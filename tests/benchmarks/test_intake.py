"""How the check of a workbook compares with reading it and writing its rows, in the same run.

`pytest tests/benchmarks/test_intake.py -s` prints the figures of docs/performance.md.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
import python_calamine
from django.db import connection

from credit_portal.containers import examine
from publicity.intake.check import check_workbook
from publicity.services.bulk import as_line
from tests.publicity.intake.conftest import DATA, city, context_on

__all__ = ["city"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SAMPLE = DATA / "penalties-2026-10.xlsx"
TABLE = """
CREATE TEMP TABLE bench_rows (batch_id int, sheet_row int, serial text, verdict text, existing bool,
  problems jsonb, cleaned jsonb, "values" jsonb, confirmed bool)
"""
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def multiplied(rows: int, target: Path) -> Path:
    """The sample's rows over and over, with document numbers of their own."""
    with (
        zipfile.ZipFile(SAMPLE) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith("sheet2.xml"):
                content = _more_rows(content.decode(), rows).encode()
            made.writestr(entry.filename, content)
    return target


def _more_rows(sheet: str, count: int) -> str:
    data = re.findall(r'<row r="(\d+)"(.*?</row>)', sheet, re.S)
    samples = [body for number, body in data if 4 <= int(number) <= 1003]
    rows = []
    for position in range(count):
        body = re.sub(r' r="([A-Z]+)\d+"', rf' r="\g<1>{position + 4}"', samples[position % 1000])
        rows.append(f'<row r="{position + 4}"{re.sub("〕[0-9]+号", f"〕{position + 1}号", body)}')
    return sheet[: sheet.index('<row r="4"')] + "".join(rows) + sheet[sheet.index("</sheetData>") :]


def best(function: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        spent.append(time.perf_counter() - started)
    return min(spent)


def read(path: Path) -> int:
    with path.open("rb") as file:
        return sum(
            1
            for _ in python_calamine.CalamineWorkbook.from_filelike(file)
            .get_sheet_by_index(1)
            .iter_rows()
        )


def copy(rows: list[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY bench_rows FROM STDIN") as target:
        for row in rows:
            target.write_row(row)


def preview(path: Path) -> int:
    """What the check of a batch does: judge block by block and write each block, without the bookkeeping."""
    check = check_workbook(path, path.name, None, context_on())
    for rows in check.chunks():
        lines = "".join([as_line(1, row) for row in rows])
        with connection.cursor() as cursor, cursor.copy("COPY bench_rows FROM STDIN") as target:
            target.write(lines)
    return check.summary.rows


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("count", "times"), [(1_000, 7), (50_000, 2)])
def test_preview_against_reading_and_copying(tmp_path: Path, count: int, times: int) -> None:
    path = multiplied(count, tmp_path / "many.xlsx")
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    ready = [
        (
            1,
            r.sheet_row,
            r.serial,
            r.verdict,
            False,
            encode(r.problems),
            encode(r.cleaned),
            encode(r.values),
            False,
        )
        for r in check_workbook(path, path.name, None, context_on())
    ]
    assert len(ready) == count
    gc.freeze()  # the rows kept for the floor must not slow the collector while the check is timed
    floor = {"calamine": best(lambda: read(path), times), "copy": best(lambda: copy(ready), times)}
    check = best(lambda: sum(1 for _ in check_workbook(path, path.name, None, context_on())), times)
    whole = best(lambda: preview(path), times)
    with path.open("rb") as file:
        safety = best(lambda: examine(file), times)
    base = sum(floor.values())
    parts = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in floor.items())
    print(  # noqa: T201 - the figures are the purpose
        f"\n{count} rows: {parts}, safety {safety * 1000:.0f} ms, read and check {check * 1000:.0f} ms "
        f"({check / base:.2f}x), preview {whole * 1000:.0f} ms ({whole / base:.2f}x of calamine + COPY)"
    )
    assert whole < 3 * base


MEASURE = """
import django, re, sys
django.setup()
from pathlib import Path
from urllib.parse import urlencode
from tests.publicity.intake.conftest import context_on
from publicity.intake.check import check_workbook
from publicity.services.bulk import as_line
count = sum(1 for _ in check_workbook(Path(sys.argv[1]), "x.xlsx", None, context_on()))
# Not getrusage: its figure begins with the size of the process that started this one.
print(count, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_memory_stays_flat(tmp_path: Path) -> None:
    """In a process of its own, against the test database: its registry is empty, every code is looked up."""
    part = connection.settings_dict
    address = urlencode(
        {
            "host": part["HOST"],
            "port": part["PORT"],
            "user": part["USER"],
            "password": part["PASSWORD"],
        }
    )
    url = f"postgresql:///{part['NAME']}?{address}"
    used = {}
    for count in (1_000, 50_000):
        path = multiplied(count, tmp_path / f"{count}.xlsx")
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path)],
            env=os.environ | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=True,
        )
        rows, used[count] = map(int, done.stdout.split())
        assert rows == count
    print(f"\nmemory: {used[1_000]} MB at 1,000 rows, {used[50_000]} MB at 50,000 rows")  # noqa: T201
    assert used[50_000] < 300
