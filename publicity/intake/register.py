"""The table of cases as a law-enforcement system gives it: found, read, and judged row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from ..fields import heading_key
from .cleaning import LineReader, NameReader, Reader, Remark, shown
from .headings import SEARCHED_ROWS, one_line
from .problems import RULES, Finding, problem
from .quantities import DateReader
from .workbook import FOOTER, FOOTER_CELLS, MAX_ROWS, Sheet, WorkbookRefused, open_sheets

CASE_NUMBER, PARTY, DECIDED_ON = "case_number", "party_name", "decided_on"
DOCUMENT_NUMBER, KIND, STATE = "document_number", "kind", "state"
# Field → the headings it is known by, the first one is its name.
HEADINGS = {
    CASE_NUMBER: ("案件编号", "案件号", "案号", "立案编号", "立案号", "案件文号", "业务编号", "办件编号"),
    PARTY: ("行政相对人", "行政相对人名称", "当事人", "当事人名称", "被处罚人", "申请人", "企业名称", "单位名称"),
    DECIDED_ON: (
        *("决定日期", "作出决定日期", "处罚决定日期", "行政处罚决定日期", "作出处罚决定日期"),
        *("许可决定日期", "作出行政决定日期"),
    ),
    DOCUMENT_NUMBER: (
        *("决定书文号", "文号", "文书号", "决定文书号", "处罚决定书文号", "行政处罚决定书文号"),
        *("许可决定书文号", "行政许可决定文书号"),
    ),
    KIND: ("种类", "案件种类", "案件类型", "业务类型", "事项类型", "类型"),
    STATE: ("办理状态", "案件状态", "状态", "办案环节", "当前环节", "办理环节"),
}  # fmt: skip
NEEDED = (CASE_NUMBER, PARTY, DECIDED_ON)
ENOUGH = 3  # headings that make a row a header
LONGEST = {CASE_NUMBER: 128, PARTY: 200, DOCUMENT_NUMBER: 128}
KINDS = {"处罚": "penalty", "许可": "permit"}
# Words of a state, asked in this order: 未结案 is no 结案, and 不予处罚决定 publishes nothing.
STATES = (
    ("open", re.compile("未|待|尚|拟")),
    ("dropped", re.compile("销案|撤案|撤销|不予|终止|作废|移送|退件|不受理")),
    ("decided", re.compile("结案|决定|办结|执行|送达|准予|归档|发证")),
    ("open", re.compile("立案|调查|取证|办理|审批|审核|审查|受理|告知|听证|在办")),
)
KNOWN = {heading_key(text): name for name, texts in HEADINGS.items() for text in texts}


@dataclass(slots=True)
class CaseRow:
    """One case as it stands in the sheet. With problems it is not taken."""

    sheet_row: int
    values: dict[str, str]
    problems: list[Finding] = field(default_factory=list)


class RegisterTable:
    """An opened table of cases; its rows can be taken once, in order."""

    def __init__(
        self,
        sheet: Sheet,
        header_row: int,
        columns: dict[str, tuple[int, str]],
        rows: Iterator[Sequence[Any]],
        *,
        epoch_1904: bool,
    ) -> None:
        self.sheet, self.header_row, self.columns = sheet.name, header_row, columns
        self._rows = rows
        self._readers: dict[str, Reader] = {
            DECIDED_ON: DateReader(epoch_1904=epoch_1904),
            PARTY: NameReader(LONGEST[PARTY]),
            **{
                name: LineReader(LONGEST.get(name, 64))
                for name in HEADINGS
                if name not in NEEDED[1:]
            },
        }

    def __iter__(self) -> Iterator[CaseRow]:
        for taken, (number, row) in enumerate(enumerate(self._rows, self.header_row + 1)):
            if taken >= MAX_ROWS:
                raise WorkbookRefused(f"一个文件最多 {MAX_ROWS} 行。请按月或按年拆分后分别上传。")
            if self._is_data(row):
                yield self._read(number, row)

    def _is_data(self, row: Sequence[Any]) -> bool:
        """Not blank, no signature line, no header that stands in the sheet once more."""
        texts = [one_line(str(cell)) for cell in row if one_line(str(cell))]
        if not texts or not any(self._cell(row, name) for name in self.columns):
            return False
        if sum(heading_key(text) in KNOWN for text in texts) * 2 > len(texts):
            return False
        short = len(texts) <= FOOTER_CELLS and not self._cell(row, DECIDED_ON)
        return not (short and FOOTER.match(texts[0]))

    def _cell(self, row: Sequence[Any], name: str) -> str:
        index, _ = self.columns.get(name, (len(row), ""))
        return one_line(str(row[index])) if index < len(row) else ""

    def _read(self, number: int, row: Sequence[Any]) -> CaseRow:
        found = CaseRow(number, dict.fromkeys(HEADINGS, ""))
        for name, (index, heading) in self.columns.items():
            raw = row[index] if index < len(row) else ""
            remarks: list[Remark] = []
            found.values[name] = self._readers[name].read(raw, remarks)
            for remark in remarks:
                if remark.code in RULES:
                    facts = {"before": shown(raw), "after": found.values[name]} | remark.facts
                    found.problems.append(problem(remark.code, name, heading, **facts))
        return found


def open_register(source: BinaryIO, filename: str) -> RegisterTable:
    """The first sheet that holds a table of cases. Raises WorkbookRefused."""
    sheets, _, epoch_1904 = open_sheets(source, filename)
    for sheet in sheets:
        rows = iter(sheet.rows)
        top = list(islice(rows, SEARCHED_ROWS))
        for number, row in enumerate(top, start=1):
            columns = read_header(row)
            if len(columns) >= ENOUGH:
                refuse_missing(columns)
                below = chain(top[number:], rows)
                return RegisterTable(sheet, number, columns, below, epoch_1904=epoch_1904)
    raise WorkbookRefused(
        f"前 {SEARCHED_ROWS} 行里没有找到表头（如“案件编号”“当事人”“决定日期”）。"
        "请保留办案系统导出的表头，再上传。"
    )


def read_header(row: Sequence[Any]) -> dict[str, tuple[int, str]]:
    """Field → its column and the heading there; of two columns of one field the first."""
    found: dict[str, tuple[int, str]] = {}
    for index, cell in enumerate(row):
        name = KNOWN.get(heading_key(cell)) if isinstance(cell, str) else None
        if name is not None and name not in found:
            found[name] = (index, one_line(cell))
    return found


def refuse_missing(columns: dict[str, tuple[int, str]]) -> None:
    missing = [HEADINGS[name][0] for name in NEEDED if name not in columns]
    if missing:
        named = "、".join(f"“{label}”" for label in missing)
        raise WorkbookRefused(f"表头缺少{named}。请补上这些列（列的顺序可以不同），再上传。")


class CaseJudge:
    """Settles kind and state of each row, and knows the case numbers that came before in the file."""

    def __init__(self, table: RegisterTable, *, kind: str, today: dt.date) -> None:
        self._headings = {name: heading for name, (_, heading) in table.columns.items()}
        self._kind, self._today = kind, today
        self._seen: dict[tuple[str, str], CaseRow] = {}

    def judge(self, row: CaseRow) -> CaseRow | None:
        """The row with what is wrong with it, or nothing when the same row came before."""
        for name in (CASE_NUMBER, PARTY):
            if not row.values[name]:
                self._say(row, "missing_required", name, f"没有填写{HEADINGS[name][0]}，请补填。")
        self._settle_kind(row)
        self._settle_state(row)
        decided_on = row.values[DECIDED_ON]
        if decided_on and dt.date.fromisoformat(decided_on) > self._today:
            self._say(
                row, "date_in_future", DECIDED_ON, f"决定日期 {decided_on} 晚于今天，请核对。"
            )
        return self._first_of_its_number(row)

    def _settle_kind(self, row: CaseRow) -> None:
        text = row.values[KIND]
        row.values[KIND] = next(
            (kind for word, kind in KINDS.items() if word in text), "" if text else self._kind
        )
        if not row.values[KIND]:
            what = f"种类“{text}”无法识别" if text else "没有填写种类"
            self._say(row, "kind", KIND, f"{what}，应为行政处罚或行政许可。")

    def _settle_state(self, row: CaseRow) -> None:
        text, decided_on = row.values[STATE], row.values[DECIDED_ON]
        state = next((state for state, words in STATES if words.search(text)), "open")
        if text and not any(words.search(text) for _, words in STATES):
            self._say(row, "state", STATE, f"办理状态“{text}”无法识别，如办理中、已结案、销案。")
        if state == "decided" and not decided_on and not row.problems:
            self._say(row, "state", DECIDED_ON, f"办理状态是“{text}”，但没有决定日期，请补填。")
        row.values[STATE] = "decided" if state == "open" and decided_on else state

    def _first_of_its_number(self, row: CaseRow) -> CaseRow | None:
        key = (row.values[KIND], row.values[CASE_NUMBER])
        if row.problems:
            return row
        first = self._seen.setdefault(key, row)
        if first is row:
            return row
        if first.values == row.values:
            return None
        self._say(
            row,
            "duplicate_in_file",
            CASE_NUMBER,
            f"与第 {first.sheet_row} 行案件编号相同而内容不同，没有读取。请只保留一行。",
        )
        return row

    def _say(self, row: CaseRow, code: str, name: str, sentence: str) -> None:
        row.problems.append(
            {
                "code": code,
                "severity": "reject",
                "field": name,
                "column": self._headings.get(name, HEADINGS[name][0]),
                "sentence": sentence,
            }
        )
