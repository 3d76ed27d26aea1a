"""Reading a registry extract: CSV in the encodings of old and new systems, or a workbook.

A CSV file is read line by line, so that memory stays flat whatever its length; it is decoded once beforehand, so
that a wrong encoding is found before the first row is loaded. A workbook is held by its parser as a whole and
therefore limited to what `containers.examine` lets through.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, TypeAlias

import python_calamine as calamine

from credit_portal.containers import OLE_MAGIC, ZIP_MAGIC, WorkbookRefused, examine

from .exceptions import RegistryRefused
from .names import search_form

PIECE = 1024 * 1024
SEARCHED_ROWS = 10  # the header stands among the first so many rows
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS = ("utf-8", "gb18030")
NOT_TEXT = (
    "这不是登记信息表：文件不是 CSV 或 Excel 工作簿。请从登记系统导出 CSV 或 .xlsx 文件后再导入。"
)
SAVE_AS_CSV = "超过 12 万行的登记信息请另存为 CSV 文件后导入。"

# Our name of a column, and what registries call it. The first spelling is the one we name to people.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": (
        "统一社会信用代码",
        "统一信用代码",
        "社会信用代码",
        "信用代码",
        "统一社会信用代码(注册号)",
        "USCC",
    ),
    "name": (
        "企业名称",
        "名称",
        "单位名称",
        "主体名称",
        "市场主体名称",
        "经营主体名称",
        "机构名称",
        "企业(机构)名称",
        "企业全称",
    ),
    "legal_representative": (
        "法定代表人",
        "法定代表人(负责人)",
        "法定代表人(经营者)",
        "法定代表人姓名",
        "法定代表人或负责人",
        "法人代表",
        "法人",
        "负责人",
        "经营者",
    ),
    "address": ("住所", "住所(经营场所)", "企业住所", "经营场所", "注册地址", "登记住所", "地址"),
    "industry": ("所属行业", "行业", "行业门类", "行业名称", "行业类别"),
    "division_code": ("行政区划代码", "行政区划", "区划代码", "行政区划编码"),
    "established_on": ("成立日期", "成立时间", "设立日期", "注册日期", "开业日期"),
    "status": ("登记状态", "状态", "企业状态", "经营状态", "主体状态", "存续状态"),
}
REQUIRED = ("code", "name")
BY_HEADING = {search_form(alias): field for field, aliases in COLUMNS.items() for alias in aliases}

Cells: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class RegistryTable:
    """Where each column stands, and the rows below the header with the numbers a spreadsheet shows."""

    columns: dict[str, int]
    rows: Iterator[tuple[int, Cells]]


def column_label(field: str) -> str:
    return COLUMNS[field][0]


def open_registry(source: BinaryIO) -> RegistryTable:
    """Find the table in the file. What kind of file it is, its bytes say and not its name."""
    source.seek(0)
    head = source.read(8)
    if not head:
        raise RegistryRefused("文件是空的，没有可导入的登记信息。请重新导出后再导入。")
    if head.startswith((OLE_MAGIC, *ZIP_MAGIC)):
        return _find_table(_workbook_sheets(source))
    return _find_table([_csv_rows(source, head)])


def _find_table(sheets: Iterable[Iterator[tuple[int, Cells]]]) -> RegistryTable:
    """The first sheet with a header wins; a sheet of notes before it has none."""
    seen: list[str] = []
    for rows in sheets:
        for _, cells in islice(rows, SEARCHED_ROWS):
            columns = _header(cells)
            if all(field in columns for field in REQUIRED):
                return RegistryTable(columns, rows)
            if not seen:
                seen = [str(cell).strip() for cell in cells if str(cell).strip()]
    wanted = "、".join(f"“{column_label(field)}”" for field in REQUIRED)
    found = "、".join(f"“{text[:20]}”" for text in seen[:10]) or "（空白）"
    raise RegistryRefused(
        f"前 {SEARCHED_ROWS} 行没有找到表头：应有{wanted}两列，文件第一行是{found}。请检查导出的列名。"
    )


def _header(cells: Cells) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = BY_HEADING.get(search_form(cell)) if isinstance(cell, str) else None
        if field is not None:
            columns.setdefault(field, index)
    return columns


def _workbook_sheets(source: BinaryIO) -> Iterator[Iterator[tuple[int, Cells]]]:
    try:
        examine(source)
        book = calamine.CalamineWorkbook.from_filelike(source)
    except WorkbookRefused as refusal:
        raise RegistryRefused(refusal.user_message + SAVE_AS_CSV) from refusal
    except calamine.CalamineError as error:
        raise RegistryRefused(
            "工作簿已损坏，无法打开。请用 Excel 或 WPS 另存为 .xlsx 后再导入。"
        ) from error
    for name in book.sheet_names:
        yield enumerate(book.get_sheet_by_name(name).iter_rows(), start=1)


def _csv_rows(source: BinaryIO, head: bytes) -> Iterator[tuple[int, Cells]]:
    encoding = _encoding(source, head)
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        top = "".join(islice(text, SEARCHED_ROWS))
        text.seek(0)
        delimiter = max(",\t;", key=top.count)
        number = 0
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=1):
            yield number, cells
    except csv.Error as error:
        raise RegistryRefused(f"第 {number + 1} 行无法按 CSV 读取，请检查引号是否成对。") from error
    finally:
        if (
            not source.closed
        ):  # an upload outlives us; a wrapper that is not detached would close it
            text.detach()


def _encoding(source: BinaryIO, head: bytes) -> str:
    """The encoding in which the whole file can be read, UTF-8 before GB18030."""
    marked = [encoding for mark, encoding in BOMS if head.startswith(mark)]
    for encoding in marked or ENCODINGS:
        if _decodes(source, encoding):
            return encoding
    raise RegistryRefused(NOT_TEXT)


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := source.read(PIECE):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
