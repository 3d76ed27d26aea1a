"""Workbooks as the people of a journey hold them: made, opened, corrected."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from records.models import MarketEntity

HEADER_ROW = 3
PERSON, ID_NUMBER = "王小明", "11010519491231002X"
NAME, CATEGORY, CODE = "行政相对人名称", "行政相对人类别", "行政相对人代码_1(统一社会信用代码)"
# Reasons that the clerk can put right with the registry and the files at hand.
CURABLE = (
    "uscc_checksum",
    "uscc_scientific",
    "name_code_mismatch",
    "missing_required",
    "date_in_future",
    "date_unreadable",
    "uscc_is_id_number",
)


def make_workbook(folder: Path, *, kind: str = "penalty", rows: int = 1_000, seed: int = 7) -> Path:
    """A workbook with today's dates and the usual faults; what each row deserves stands beside it."""
    target = folder / f"{kind}-{seed}.xlsx"
    call_command("make_sample_workbook", kind=kind, rows=rows, seed=seed, out=target, expected=True)
    return target


def expectations(workbook: Path) -> dict[int, dict[str, Any]]:
    """Row in the sheet → verdict, reasons and deadline."""
    said = json.loads(workbook.with_suffix(".expected.json").read_text(encoding="utf-8"))
    return {HEADER_ROW + row["row"]: row for row in said["rows"]}


def open_sheet(path: Path) -> tuple[Workbook, Worksheet, dict[str, int]]:
    """The book, its data sheet, and heading → column."""
    book = load_workbook(path)
    sheet = book["数据"]
    headings = {str(cell.value): cell.column for cell in sheet[HEADER_ROW] if cell.value}
    return book, sheet, headings


def correct(returned: Path, wanted: dict[int, dict[str, Any]]) -> int:
    """Put the curable rows right, as the clerk would; answers how many."""
    book, sheet, columns = open_sheet(returned)
    corrected = 0
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        (why,) = wanted[sheet.cell(row, columns["原表行号"]).value]["why"]
        if why in CURABLE:

            def put(heading: str, value: Any, row: int = row) -> None:
                sheet.cell(row, columns[heading]).value = value

            cure(why, put, lambda heading, row=row: sheet.cell(row, columns[heading]).value)
            corrected += 1
    book.save(returned)
    return corrected


def cure(why: str, put: Callable[[str, Any], None], read: Callable[[str], Any]) -> None:
    if why in ("uscc_checksum", "uscc_scientific"):
        put(CODE, MarketEntity.objects.get(name=read(NAME)).code)
    elif why == "name_code_mismatch":
        put(NAME, MarketEntity.objects.get(code=read(CODE)).name)
    elif why == "missing_required":
        put("处罚依据", "《中华人民共和国安全生产法》第九十七条第三项")
    elif why == "uscc_is_id_number":
        become_person(put)
    else:
        day = timezone.localdate() - dt.timedelta(days=12)
        put("处罚决定日期", f"{day:%Y/%m/%d}")


def become_person(put: Callable[[str, Any], None]) -> None:
    """The number that stood in the place of the code was a person's: it belongs in its own column."""
    for heading in (CODE, "行政相对人代码_3(组织机构代码)", "法定代表人"):
        put(heading, None)
    put(NAME, PERSON)
    put(CATEGORY, "自然人")
    put("证件类型", "身份证")
    put("证件号码", ID_NUMBER)
