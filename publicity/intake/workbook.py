"""Find the table in an uploaded workbook and hand it over in blocks of columns, with memory staying flat."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO

import python_calamine as calamine

from credit_portal.containers import (
    DAMAGED,
    FAR_CELL,
    OLE_MAGIC,
    SAVE_AS,
    ZIP_MAGIC,
    Findings,
    WorkbookRefused,
    examine,
)

from ..fields import heading_key, headings
from .headings import (
    SEARCHED_ROWS,
    Column,
    Header,
    column_letter,
    find_header,
    merged_notice,
    one_line,
)

__all__ = ["Block", "Sheet", "Table", "WorkbookRefused", "open_sheets", "open_table"]

BLOCK = 2_000  # rows
MAX_ROWS = 100_000
MAX_CSV = 60 * 1024 * 1024
MAX_COLUMNS = 78
MAX_SHEET_ROWS = 120_000
FOOTER = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|负责|单位负责|分管|联系|经办|录入|报送|签字|签章|盖章|电话|日期|注|说明|备注|"
    r"合计|总计|小计|共计|共\s*\d+\s*条|第\s*\d+\s*页)"
)
FOOTER_CELLS = 8  # a signature line has no more

type_of_row = list[Any]
FILER = re.compile(r"填报(?:单位|机关|部门)(?:\(?（?(?:盖章|公章|章)）?\)?)?\s*[:：]?\s*(.*)")
LABEL = re.compile(r"填报|日期|填表")


@dataclass(slots=True)
class Block:
    """Some consecutive data rows, turned into columns; `cells` is keyed by model field."""

    sheet_rows: list[int]
    serials: list[Any]
    cells: dict[str, Sequence[Any]]


@dataclass(slots=True)
class Table:
    """The data sheet. `blocks()` can be walked once."""

    sheet: str
    header: Header
    rows: Iterator[tuple[int, type_of_row]]  # (row number in the sheet, cells) below the header
    first_column: int
    findings: Findings
    epoch_1904: bool
    notices: tuple[str, ...]
    filer: str = ""  # the organ that the lines above the header name as 填报单位
    block_size: int = BLOCK

    def blocks(self) -> Iterator[Block]:
        columns = self.header.columns
        seen = 0
        while taken := list(islice(self.rows, self.block_size)):
            seen += len(taken)
            if seen > MAX_ROWS:
                raise WorkbookRefused(
                    f"一个文件最多 {MAX_ROWS} 行数据。请按月或按单位拆分后分别上传。"
                )
            numbers = [number for number, _ in taken]
            turned = list(zip(*(row for _, row in taken), strict=True))
            serial = self.header.serial
            yield Block(
                numbers,
                [""] * len(numbers) if serial is None else list(turned[serial]),
                {column.field.name: turned[column.index] for column in columns},
            )

    def place(self, column: Column, row: int) -> str:
        """The cell's address as the spreadsheet shows it."""
        return f"{column_letter(self.first_column + column.index)}{row}"


@dataclass(slots=True)
class Sheet:
    """One sheet of whatever kind of file."""

    name: str
    rows: Iterable[type_of_row]
    first_column: int = 0
    merged: Sequence[Any] = ()


def open_table(source: BinaryIO | Path, filename: str = "", kind: str | None = None) -> Table:
    """Open the file safely and find the one sheet that holds the data. Raises WorkbookRefused."""
    if isinstance(source, Path):
        with source.open("rb") as file:  # the parser has all it needs when the table is found
            return open_table(file, filename or source.name, kind)
    sheets, findings, epoch_1904 = open_sheets(source, filename)
    found = [table for sheet in sheets if (table := _table(sheet, kind, findings, epoch_1904))]
    return _the_one(found)


def open_sheets(source: BinaryIO, filename: str) -> tuple[Iterator[Sheet], Findings, bool]:
    """The visible sheets of a workbook, or the one of a CSV file; what was noticed of cells; whether days count from
    1904."""
    source.seek(0)
    head = source.read(8)
    if filename.lower().endswith((".csv", ".txt")) and not head.startswith((OLE_MAGIC, *ZIP_MAGIC)):
        return _csv_sheets(source), Findings(), False
    findings = examine(source)
    return _workbook_sheets(source), findings, _counts_from_1904(source)


def _the_one(found: list[Table]) -> Table:
    full = [table for table in found if _has_data(table)]
    if len(full) > 1:
        named = "、".join(f"“{table.sheet}”" for table in full)
        raise WorkbookRefused(
            f"{named}几个工作表里都有数据。请只保留一个要上传的工作表，或分成几个文件上传。"
        )
    if full:
        return full[0]
    if found:
        raise WorkbookRefused(f"工作表“{found[0].sheet}”的表头下面没有数据。请填好后再上传。")
    raise WorkbookRefused(
        f"前 {SEARCHED_ROWS} 行里没有找到表头（如“行政相对人名称”“行政处罚决定书文号”）。"
        "请使用官方模板，不要删除表头，再上传。"
    )


def _has_data(table: Table) -> bool:
    first = next(table.rows, None)
    if first is None:
        return False
    table.rows = chain([first], table.rows)
    return True


def _table(sheet: Sheet, kind: str | None, findings: Findings, epoch_1904: bool) -> Table | None:
    rows = iter(sheet.rows)
    top = list(islice(rows, SEARCHED_ROWS))
    header = find_header(top, kind)
    if header is None:
        return None
    below = enumerate(chain(top[header.row :], rows), start=header.row + 1)
    notices = []
    if header.unknown:
        notices.append(
            "没有识别的列，未读取：" + "、".join(f"“{text}”" for text in header.unknown) + "。"
        )
    if notice := merged_notice(sheet.merged, header.row):
        notices.append(notice)
    if findings.formulas:
        notices.append("表中有公式，按最近一次保存的计算结果读取。")
    return Table(
        sheet.name,
        header,
        _data_rows(below, header),
        sheet.first_column,
        findings,
        epoch_1904,
        tuple(notices),
        named_filer(top[: header.row - 1]),
    )


def named_filer(lines: Iterable[type_of_row]) -> str:
    """填报单位：某局, in one cell or in the next; nothing when nobody filled it in."""
    for line in lines:
        texts = [one_line(str(cell)) for cell in line if not _is_blank(cell)]
        for text, beside in pairwise([*texts, ""]):
            if match := FILER.fullmatch(text):
                name = match[1] or beside
                return "" if LABEL.match(name) else name[:200]
    return ""


def _data_rows(
    rows: Iterable[tuple[int, type_of_row]], header: Header
) -> Iterator[tuple[int, type_of_row]]:
    """Without blank rows, signature lines and headers that stand in the sheet once more."""
    index = {column.field.name: column.index for column in header.columns}
    name, number = index["party_name"], index["document_number"]
    known = headings(header.kind)
    titles = {column.heading for column in header.columns if column.index == name}
    titles.update(_spellings(header, "party_name"))
    places = sorted(index.values())
    for row_number, row in rows:
        if row[name] and row[number]:
            if row[name] not in titles:
                yield row_number, row
        elif _is_data(row, places, known):
            yield row_number, row


def _spellings(header: Header, name: str) -> list[str]:
    """Headings of this field as a second header line may write them: national code and label."""
    fields = [column.field for column in header.columns if column.field.name == name]
    return [text for field in fields for text in (field.code, field.label, f"*{field.label}")]


def _is_data(row: type_of_row, places: list[int], known: dict[str, Any]) -> bool:
    """The careful look at a row without a name or a document number."""
    filled = [row[place] for place in places if not _is_blank(row[place])]
    if not filled:
        return False
    texts = [one_line(str(cell)) for cell in row if not _is_blank(cell)]
    if len(texts) <= FOOTER_CELLS and FOOTER.match(texts[0]):
        return False
    return sum(heading_key(text) in known for text in texts) * 2 < len(texts)


def _is_blank(cell: Any) -> bool:
    return cell == "" or (isinstance(cell, str) and cell.isspace())


def _workbook_sheets(source: BinaryIO) -> Iterator[Sheet]:
    """Visible sheets, each loaded only when it is looked at."""
    source.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(source)
        visible = [
            meta.name
            for meta in book.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
            and meta.visible == calamine.SheetVisibleEnum.Visible
        ]
        for name in visible:
            sheet = book.get_sheet_by_name(name)
            start = sheet.start
            yield Sheet(
                name, sheet.iter_rows(), start[1] if start else 0, sheet.merged_cell_ranges or ()
            )
    except calamine.CalamineError as error:
        raise WorkbookRefused(DAMAGED) from error


def _counts_from_1904(source: BinaryIO) -> bool:
    """Workbooks of old Macintosh programs count days from 1904."""
    source.seek(0)
    with zipfile.ZipFile(source) as archive:
        settings = archive.read("xl/workbook.xml")
    return re.search(rb'date1904="(?:1|true)"', settings) is not None


def _csv_sheets(source: BinaryIO) -> Iterator[Sheet]:
    source.seek(0)
    content = source.read(MAX_CSV + 1)
    if not content:
        raise WorkbookRefused("文件是空的。请重新选择填好的表格。")
    if len(content) > MAX_CSV:
        raise WorkbookRefused("CSV 文件过大，请按月或按单位拆分后分别上传。")
    text = _decoded(content)
    first_line = text.split("\n", 1)[0]
    delimiter = "\t" if first_line.count("\t") > first_line.count(",") else ","
    try:
        rows = list(_csv_rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise WorkbookRefused(f"CSV 文件的格式有误，无法读取。{SAVE_AS}") from error
    width = max(map(len, rows), default=0)
    yield Sheet("CSV", [row + [""] * (width - len(row)) for row in rows])


def _csv_rows(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows within the bounds that a workbook has too: one wide row must not widen all others."""
    for number, row in enumerate(reader, start=1):
        while row and not row[-1]:
            row.pop()
        if len(row) > MAX_COLUMNS or number > MAX_SHEET_ROWS:
            raise WorkbookRefused(FAR_CELL)
        yield row


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookRefused(f"CSV 文件的文字编码无法识别。{SAVE_AS}")
