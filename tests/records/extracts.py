"""Registry extracts as files in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

HEADER = (
    "统一社会信用代码",
    "企业名称",
    "法定代表人",
    "住所",
    "所属行业",
    "行政区划代码",
    "成立日期",
    "登记状态",
)


def csv_file(
    rows: Iterable[Sequence[Any]],
    header: Sequence[str] = HEADER,
    encoding: str = "gb18030",
    delimiter: str = ",",
) -> io.BytesIO:
    lines = [delimiter.join(str(cell) for cell in row) for row in (header, *rows)]
    return io.BytesIO("\r\n".join(lines).encode(encoding))


def xlsx_file(*sheets: Iterable[Sequence[Any]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file
