"""One row of a registry extract: cleaned, or refused with a sentence for each faulty cell. No database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone

from .codes import Note, check_code, find_id_numbers
from .names import search_form
from .registry_file import Cells, column_label

Value = str | dt.date | None

# Longest value of each column, as in the model.
LENGTHS = {"name": 200, "legal_representative": 100, "address": 300, "industry": 100}
NOTHING = frozenset({"", "/", "-", "--", "—", "——", "无", "null", "NULL", "None", "#N/A"})
STATUS = {
    "存续": "存续 在业 开业 在营 在册 正常 营业 存续在营开业在册 存续(在营、开业、在册) 在营(开业) 登记成立 迁入",
    "注销": "注销 已注销 注销企业",
    "吊销": "吊销 已吊销 吊销未注销 吊销,未注销 吊销企业 撤销",
    "迁出": "迁出 已迁出 迁往市外 市外迁出",
}
STATUS_WORDS = {
    search_form(word): status for status, words in STATUS.items() for word in words.split()
}

WRITTEN_DATE = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:[ T][0-9:.]+Z?)?"
)
EARLIEST = dt.date(1900, 1, 1)
SERIAL_DAYS = range(1, 80_000)  # spreadsheets count days from here:
SERIAL_START = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A fault in one cell, in words."""

    row: int
    column: str
    reason: str
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column,
            "reason": self.reason,
            "sentence": self.sentence,
        }


class CellFault(Exception):
    """A cell that cannot be taken; becomes a RowProblem."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class RowCleaner:
    """Turns rows into the values of `fields`, in that order. Holds what is the same for all rows."""

    def __init__(self, columns: Mapping[str, int], known: Mapping[str, str]) -> None:
        self.known = known
        self.optional = [
            (field, index) for field, index in columns.items() if field not in ("code", "name")
        ]
        self.code_at, self.name_at = columns["code"], columns["name"]
        self.fields = [
            "code",
            "code_note",
            "name",
            "search_name",
            *(field for field, _ in self.optional),
        ]
        self.today = timezone.localdate()
        self.cleaned = 0  # codes that had to be normalised

    def clean(self, row: int, cells: Cells) -> tuple[list[Value] | None, list[RowProblem]]:
        """The values, or why there are none. Neither for a blank row."""
        values: list[Value] = []
        problems: list[RowProblem] = []
        steps = [("code", self.code_at), ("name", self.name_at), *self.optional]
        for field, index in steps:
            try:
                values.extend(self._read(field, cells[index] if index < len(cells) else ""))
            except CellFault as fault:
                problems.append(RowProblem(row, column_label(field), fault.reason, fault.sentence))
        if not problems:
            return values, []
        blank = all(not one_line(cell) for cell in cells)
        return None, [] if blank else problems

    def _read(self, field: str, cell: object) -> tuple[Value, ...]:
        if field == "code":
            return self._code(cell)
        if field == "name":
            return _name(cell)
        if field == "established_on":
            return (read_date(cell, self.today),)
        text = one_line(cell)
        if text in NOTHING:
            return ("存续" if field == "status" else "",)
        return (_optional_text(field, text),)

    def _code(self, cell: object) -> tuple[str, str]:
        verdict = check_code(cell, self.known)
        if not verdict.valid:
            raise CellFault(verdict.reason, verdict.sentence)
        if verdict.normalised != cell:
            self.cleaned += 1
        known = Note.KNOWN_CODE in verdict.notes
        return verdict.normalised, self.known[verdict.normalised][:200] if known else ""


def one_line(cell: object) -> str:
    """The cell as one line of text. A number that a spreadsheet made of digits gets its digits back."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell)
    if text.isprintable():
        return text.strip()
    joined = "".join(c if c.isprintable() else " " if c in "\t\u3000\u00a0" else "" for c in text)
    return " ".join(joined.split())


def read_date(cell: object, today: dt.date) -> dt.date | None:
    """A date in any of the usual spellings, a spreadsheet's date or its serial number."""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    day = cell if isinstance(cell, dt.date) else _written_date(one_line(cell))
    if day is not None and not EARLIEST <= day <= today:
        raise CellFault(
            "date_out_of_range", f"日期“{day:%Y-%m-%d}”早于 1900 年或晚于今天，请核对。"
        )
    return day


@lru_cache(maxsize=20_000)
def _written_date(text: str) -> dt.date | None:
    if text in NOTHING:
        return None
    if text.isdecimal() and len(text) <= 5 and int(text) in SERIAL_DAYS:
        return SERIAL_START + dt.timedelta(days=int(text))
    match = WRITTEN_DATE.fullmatch(text)
    if match is not None:
        year, month, day = match[1], match[2] or match[4], match[3] or match[5]
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            pass
    raise CellFault("date_unreadable", f"“{text[:30]}”不是可识别的日期，请写成 2026-10-09 的形式。")


def _name(cell: object) -> tuple[str, str]:
    name = one_line(cell)
    folded = search_form(name)
    if not folded:
        raise CellFault("missing_required", "没有填写企业名称。")
    if len(name) > LENGTHS["name"] or len(folded) > LENGTHS["name"]:
        raise CellFault("too_long", f"企业名称超过 {LENGTHS['name']} 个字，请核对。")
    _refuse_id_numbers(name)
    return name, folded


def _optional_text(field: str, text: str) -> str:
    if field == "status":
        return STATUS_WORDS.get(search_form(text), "其他")
    if field == "division_code":
        if len(text) != 6 or not text.isascii() or not text.isdigit():
            raise CellFault("division_code", f"行政区划代码“{text[:20]}”应为 6 位数字。")
        return text
    longest = LENGTHS[field]
    if len(text) > longest:
        raise CellFault("too_long", f"内容超过 {longest} 个字，请核对。")
    if field == "legal_representative":
        _refuse_id_numbers(text)
    return text


def _refuse_id_numbers(text: str) -> None:
    if find_id_numbers(text):
        raise CellFault("id_number_in_text", "内容中含有居民身份证号码，请删除后再导入。")
