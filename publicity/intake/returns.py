"""Workbooks that leave the portal: the faulty rows in their own sheet with reasons, and the official template."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import islice
from typing import Any, BinaryIO
from xml.etree import ElementTree

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.worksheet import Worksheet

from credit_portal.containers import OVERLAP, PIECE, ZIP_MAGIC

from .headings import OWN_HEADINGS
from .template import official_template
from .workbook import Table, open_table

__all__ = ["faulty_workbook", "official_template"]

logger = logging.getLogger(__name__)

MAX_ROWS = 5_000  # rows that go back at once
DATE_FORMAT = "yyyy/mm/dd"
# A text that begins like this may be taken for a formula, also after full-width input or when saved as CSV.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
ROW_START = re.compile(rb'<(?:[A-Za-z0-9]+:)?row\b[^>]*?\br="(\d+)"')
SHEET_END = re.compile(rb"</(?:[A-Za-z0-9]+:)?sheetData>")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
REASON_FILL = PatternFill("solid", fgColor="FFF2CC")


def faulty_workbook(
    source: BinaryIO,
    lines: Mapping[int, Sequence[str]],
    filename: str = "",
    kind: str | None = None,
) -> bytes:
    """The same workbook with only these rows, each with its reasons and its row in the original.

    Sheets, titles, header, column order, widths and formats stay. The person corrects the rows and uploads this
    workbook as it is: the two added columns are passed over.
    """
    table = open_table(source, filename, kind)
    book, sheet = _frame(source, table)
    header = table.header.row
    samples = _styles(sheet, header + 1)
    _forget_rows_below(sheet, header)
    chosen = list(islice((row for row in table.rows if row[0] in lines), MAX_ROWS))
    width = max(sheet.max_column, *(table.first_column + len(cells) for _, cells in chosen))
    _add_headings(sheet, header, width)
    for place, (number, cells) in enumerate(chosen, start=header + 1):
        for index, value in enumerate(cells, start=table.first_column + 1):
            style = samples[index - 1] if index <= len(samples) else None
            _write(sheet.cell(place, index), value, style)
        _write(sheet.cell(place, width + 1), "；".join(lines[number]))
        _write(sheet.cell(place, width + 2), number)
    _say_what_is_missing(sheet, header, len(lines), width)
    return _saved(book)


def _styles(sheet: Worksheet, row: int) -> list[Any]:
    """The formats of the first data row stand for those of all rows."""
    cells: tuple[Any, ...] = sheet[row] if sheet.max_row >= row else ()
    return [copy(cell._style) for cell in cells]


def _frame(source: BinaryIO, table: Table) -> tuple[Workbook, Worksheet]:
    """The source's own workbook, or a plain one where there is none or the writer cannot understand it."""
    source.seek(0)
    is_workbook = source.read(4).startswith(ZIP_MAGIC)
    source.seek(0)
    if is_workbook:
        try:
            book = load_workbook(_trimmed(source, table))
            return book, book[table.sheet]
        except Exception:
            # The writer is pickier than the reader about styles and the like. The rows matter more than their looks.
            logger.warning("faulty rows go back without their formats", exc_info=True)
    return _plain_frame(table)


def _trimmed(source: BinaryIO, table: Table) -> io.BytesIO:
    """The source without its data rows but the first, so that opening it costs the same for any length."""
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        part = _part_of(old, table.sheet)
        for entry in old.infolist():
            with old.open(entry) as read, new.open(entry.filename, "w") as write:
                pieces = iter(partial(read.read, PIECE), b"")
                if entry.filename == part:
                    pieces = _without_rows_after(pieces, table.header.row + 1)
                for piece in pieces:
                    write.write(piece)
    return target


def _plain_frame(table: Table) -> tuple[Workbook, Worksheet]:
    """Only the header; the columns keep their places."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = INVALID_TITLE_REGEX.sub("", table.sheet)[:31] or "数据"
    for column in table.header.columns:
        place = table.first_column + column.index + 1
        _write(sheet.cell(table.header.row, place), column.heading)
    if table.header.serial is not None:
        place = table.first_column + table.header.serial + 1
        _write(sheet.cell(table.header.row, place), "序号")
    return book, sheet


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the zip keeps the sheet of this name."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - examined before
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {
        entry.get("name"): targets.get(entry.get(RELATION), "")
        for entry in book.iter()
        if entry.tag.endswith("}sheet")
    }
    target = parts.get(sheet, "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _without_rows_after(pieces: Iterator[bytes], last: int) -> Iterator[bytes]:
    """The sheet's XML up to this row, then from the end of its rows on; never whole in memory."""
    kept = b""
    cut = None
    for piece in pieces:
        kept += piece
        cut = next((m.start() for m in ROW_START.finditer(kept) if int(m[1]) > last), None)
        if cut is not None:
            break
        yield kept[:-OVERLAP]
        kept = kept[-OVERLAP:]
    yield kept[:cut]
    if cut is None:
        return
    kept = kept[cut:]
    while (end := SHEET_END.search(kept)) is None:
        kept = kept[-OVERLAP:] + next(pieces)
    yield kept[end.start() :]
    yield from pieces


def _forget_rows_below(sheet: Worksheet, header: int) -> None:
    for merged in [area for area in sheet.merged_cells.ranges if area.max_row > header]:
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(header + 1, sheet.max_row)
    sheet.auto_filter.ref = None


def _add_headings(sheet: Worksheet, header: int, width: int) -> None:
    style = _styles(sheet, header)[-1]
    for offset, heading in enumerate(OWN_HEADINGS, start=1):
        cell = sheet.cell(header, width + offset)
        _write(cell, heading, style)
        cell.fill = REASON_FILL
        letter = get_column_letter(width + offset)
        sheet.column_dimensions[letter].width = 60 if offset == 1 else 10


def _say_what_is_missing(sheet: Worksheet, header: int, count: int, width: int) -> None:
    if count > MAX_ROWS:
        text = f"有误的行共 {count} 行，本表先退回前 {MAX_ROWS} 行，改正上传后再下载其余的行。"
        _write(sheet.cell(header, width + len(OWN_HEADINGS) + 1), text)


def _write(cell: Any, value: Any, style: Any = None) -> None:
    """User data is data: never a formula, also not after somebody edits the cell."""
    if style is not None:
        cell._style = copy(style)
    if value == "":
        return
    if not isinstance(value, str):
        _write_value(cell, value)
        return
    cell.value = CONTROL.sub("", value)
    cell.data_type = "s"
    if value.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    if "\n" in value:
        cell.alignment = Alignment(wrap_text=True)


def _write_value(cell: Any, value: Any) -> None:
    """Numbers as they were; dates in the column's own format where it has one for dates."""
    number_format = cell.number_format
    cell.value = value
    if hasattr(value, "year"):
        cell.number_format = number_format if "y" in number_format else DATE_FORMAT


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
