"""Which row is the header, what its columns mean, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from credit_portal.containers import WorkbookRefused

from ..fields import (
    Field,
    amount_in_yuan,
    fields_for,
    heading_key,
    headings,
    is_serial_heading,
)

SEARCHED_ROWS = 20
ENOUGH = 4  # headings that make a row a header
KIND_WORDS = {"penalty": "行政处罚", "permit": "行政许可"}
# Columns of this portal's own making in a workbook that comes back corrected.
OWN_HEADINGS = ("原因", "原表行号")
NEEDED_BESIDES = ("party_code",)  # conditional, yet a table without it is of no use


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised; `index` counts from 0 in the cells of a row."""

    index: int
    field: Field
    heading: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header row, 1-based, and what it says."""

    kind: str
    row: int
    columns: tuple[Column, ...]
    serial: int | None
    unknown: tuple[str, ...]


def find_header(rows: Sequence[Sequence[Any]], kind: str | None) -> Header | None:
    """The best header within the first rows, or None when this sheet holds no table of ours."""
    best: tuple[int, int, str] | None = None
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        for candidate in KIND_WORDS:
            score = len({field.name for _, field, _ in _matches(row, candidate)})
            wanted = score * 2 + (candidate == kind)  # on a draw the kind that was asked for wins
            if score >= ENOUGH and (best is None or wanted > best[0]):
                best = (wanted, number, candidate)
    if best is None:
        return None
    _, number, found = best
    if kind is not None and found != kind:
        raise WorkbookRefused(
            f"这是{KIND_WORDS[found]}的表格，您选择的是{KIND_WORDS[kind]}。请重新选择信息种类或文件。"
        )
    return _read_header(rows[number - 1], number, found)


def _matches(row: Sequence[Any], kind: str) -> list[tuple[int, Field, str]]:
    known = headings(kind)
    return [
        (index, known[key], cell)
        for index, cell in enumerate(row)
        if isinstance(cell, str) and (key := heading_key(cell)) in known
    ]


def _read_header(row: Sequence[Any], number: int, kind: str) -> Header:
    columns: dict[str, Column] = {}
    for index, field, text in _matches(row, kind):
        exact = heading_key(text) == heading_key(field.label)
        if field.name not in columns or (exact and not _is_exact(columns[field.name])):
            columns[field.name] = Column(index, field, one_line(text))
    taken = {column.index for column in columns.values()}
    serial, unknown = _leftovers(row, kind, taken)
    _refuse_missing(kind, columns)
    ordered = tuple(sorted(columns.values(), key=lambda column: column.index))
    return Header(kind, number, ordered, serial, unknown)


def _is_exact(column: Column) -> bool:
    return heading_key(column.heading) == heading_key(column.field.label)


def _leftovers(
    row: Sequence[Any], kind: str, taken: set[int]
) -> tuple[int | None, tuple[str, ...]]:
    serial: int | None = None
    unknown: list[str] = []
    for index, cell in enumerate(row):
        text = one_line(str(cell))
        if index in taken or not text:
            continue
        if amount_in_yuan(kind, text) is not None:
            raise WorkbookRefused(
                f"“{text}”一列的单位是元，本表的金额单位是万元。请把该列换算成万元，表头改为“（万元）”后再上传。"
            )
        if serial is None and is_serial_heading(text):
            serial = index
        elif text not in OWN_HEADINGS:
            unknown.append(text)
    return serial, tuple(unknown)


def _refuse_missing(kind: str, columns: dict[str, Column]) -> None:
    missing = [
        field.label
        for field in fields_for(kind)
        if (field.required or field.name in NEEDED_BESIDES) and field.name not in columns
    ]
    if missing:
        named = "、".join(f"“{label}”" for label in missing)
        raise WorkbookRefused(
            f"表头缺少必填的列：{named}。请对照官方模板补上这些列（列的顺序可以不同），再上传。"
        )


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())


def column_letter(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def merged_notice(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], header: int) -> str:
    """A sentence about cells merged among the data: only their first row has a value."""
    rows = sorted(
        {start[0] + 1 for start, end in ranges if start[0] >= header and end[0] > start[0]}
    )
    if not rows:
        return ""
    shown = "、".join(str(row) for row in rows[:5]) + ("等" if len(rows) > 5 else "")
    return f"第 {shown} 行起有上下合并的单元格，合并的内容只算在第一行。请取消合并并逐行填写。"
