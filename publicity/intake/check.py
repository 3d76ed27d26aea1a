"""A workbook, row by row: read, cleaned, judged. Works in blocks of columns; memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from credit_portal.regulations.dates import ExplainedDate

from ..fields import PARTY_CATEGORIES, Field, FieldKind, fields_for
from .cleaning import (
    CategoryReader,
    ChoiceReader,
    CodeReader,
    DocumentNumberReader,
    LineReader,
    NameReader,
    NumberReader,
    Reader,
    Remark,
    TextReader,
    shown,
)
from .context import CheckContext
from .headings import Column
from .problems import RULES, Finding, cleaning_note, reasons, verdict
from .quantities import AmountReader, DateReader
from .rows import Memory, Rows
from .rules import ROW_RULES
from .workbook import Block, Table, open_table

ENDS = frozenset({"valid_until", "valid_to"})  # may be "long-term"
PARTIES = {
    **{category: category for category in PARTY_CATEGORIES},
    **dict.fromkeys(
        ("法人及其他组织", "法人和其他组织", "法人或其他组织", "法人或者其他组织"),
        "法人及非法人组织",
    ),
    "个体": "个体工商户",
    "个体户": "个体工商户",
}
STATUSES = {"1": "1", "2": "2", "有效": "1", "无效": "2"}
TEXT_READERS: dict[FieldKind, type[TextReader]] = {
    FieldKind.NAME: NameReader,
    FieldKind.LINE: LineReader,
    FieldKind.TEXT: TextReader,
    FieldKind.NUMBER: NumberReader,
}
# Fields of which the shape says less than the name.
OWN_READERS: dict[str, type[TextReader]] = {
    "document_number": DocumentNumberReader,
    "penalty_category": CategoryReader,
    "permit_category": CategoryReader,
}


class CheckedRow(NamedTuple):
    """One data row and what was found. `values` holds the filled fields by model field, dates as YYYY-MM-DD,
    amounts as decimal text; `problems` and `cleaned` are ready to be stored as JSON."""

    sheet_row: int
    serial: str
    verdict: str  # accept, confirm, reject
    why: list[str]
    problems: list[Finding]
    cleaned: list[Finding]
    values: dict[str, str]
    deadline: ExplainedDate | None
    late: bool

    def with_problem(self, found: Finding) -> CheckedRow:
        """With something that the row does not show by itself."""
        problems = [*self.problems, found]
        return self._replace(problems=problems, verdict=verdict(problems), why=reasons(problems))


@dataclass(slots=True)
class CheckSummary:
    """Counts, complete once every row has been taken."""

    rows: int = 0
    accepted: int = 0
    to_confirm: int = 0
    rejected: int = 0
    late: int = 0


class WorkbookCheck:
    """An opened workbook whose rows can be taken once, in order; `summary` counts along."""

    def __init__(self, table: Table, context: CheckContext) -> None:
        self.table = table
        self.kind = table.header.kind
        self.sheet = table.sheet
        self.header_row = table.header.row
        self.notices = table.notices
        self.filer = table.filer
        self.summary = CheckSummary()
        self._judge = Judge(self.kind, context, table.header.columns, epoch_1904=table.epoch_1904)

    def __iter__(self) -> Iterator[CheckedRow]:
        for rows in self.chunks():
            yield from rows

    def chunks(self) -> Iterator[list[CheckedRow]]:
        """Blocks of judged rows, for writers that work in blocks."""
        for block in self.table.blocks():
            self._explain_formulas(block)
            rows = self._judge.judge(block)
            self._count(rows)
            yield rows

    def _count(self, rows: list[CheckedRow]) -> None:
        verdicts = [row.verdict for row in rows]
        summary = self.summary
        summary.rows += len(rows)
        summary.accepted += verdicts.count("accept")
        summary.to_confirm += verdicts.count("confirm")
        summary.rejected += verdicts.count("reject")
        summary.late += [row.late for row in rows].count(True)

    def _explain_formulas(self, block: Block) -> None:
        """Cells that look empty because their formula has no result get a word about it."""
        findings = self.table.findings
        self._judge.extra = []
        if not (findings.without_value or findings.errors):
            return
        for column in self.table.header.columns:
            for index, row in enumerate(block.sheet_rows):
                place = self.table.place(column, row)
                if place in findings.errors:
                    self._judge.extra.append((index, column, Remark("cell_error", {"value": "#"})))
                elif place in findings.without_value:
                    self._judge.extra.append((index, column, Remark("formula_without_value", {})))


def check_workbook(
    source: BinaryIO | Path, filename: str, kind: str | None, context: CheckContext
) -> WorkbookCheck:
    """Open, find the table and be ready to judge it. Raises WorkbookRefused before the first row."""
    return WorkbookCheck(open_table(source, filename, kind), context)


def kind_of(source: BinaryIO | Path, filename: str = "") -> str:
    """ "penalty" or "permit", by the headings. Raises WorkbookRefused when there is no table."""
    return open_table(source, filename).header.kind


def check_values(kind: str, values: Mapping[str, Any], context: CheckContext) -> CheckedRow:
    """Judge one decision as a form gives it: the same rules as for a row of a sheet."""
    fields = fields_for(kind)
    columns = tuple(Column(index, field, field.plain) for index, field in enumerate(fields))
    cells: dict[str, Sequence[Any]] = {
        field.name: [_as_cell(values.get(field.name))] for field in fields
    }
    return Judge(kind, context, columns).judge(Block([1], [""], cells))[0]


def _as_cell(value: Any) -> Any:
    return "" if value is None else value


class Judge:
    """Readers and memory for one table; judges block after block."""

    def __init__(
        self,
        kind: str,
        context: CheckContext,
        columns: tuple[Column, ...],
        *,
        epoch_1904: bool = False,
    ) -> None:
        self.kind = kind
        self.memory = Memory(context)
        self.columns = columns
        self.titles = {column.field.name: column.heading for column in columns}
        self.rules = [rule for rule in ROW_RULES if rule.kind in ("", kind)]
        self.codes = CodeReader(context.known_codes)
        self.readers = {
            column.field.name: self._reader(column.field, epoch_1904) for column in columns
        }
        self.absent = [field.name for field in fields_for(kind) if field.name not in self.titles]
        self.extra: list[tuple[int, Column, Remark]] = []

    def _reader(self, field: Field, epoch_1904: bool) -> Reader:
        if field.kind is FieldKind.CODE:
            return self.codes
        if field.kind is FieldKind.DATE:
            return DateReader(epoch_1904=epoch_1904, open_ended=field.name in ENDS)
        if field.kind is FieldKind.AMOUNT:
            return AmountReader()
        if field.kind is FieldKind.PARTY:
            return ChoiceReader(PARTIES, "category_unreadable")
        if field.kind is FieldKind.STATUS:
            return ChoiceReader(STATUSES, "status_unknown")
        reader = OWN_READERS.get(field.name) or TEXT_READERS[field.kind]
        return reader(field.max_length)

    def judge(self, block: Block) -> list[CheckedRow]:
        rows = Rows(self.kind, {}, self.titles, block.sheet_rows, self.codes.refused)
        notes = self._clean(block, rows)
        self._fill_absent(rows)
        for rule in self.rules:
            rule.check(rows, self.memory)
        return self._assembled(rows, notes, block.serials)

    def _clean(self, block: Block, rows: Rows) -> dict[int, list[Finding]]:
        """Every column through its reader; remarks become problems of the rows or cleaning notes."""
        notes: dict[int, list[Finding]] = {}
        for column in self.columns:
            name = column.field.name
            reader, cells = self.readers[name], block.cells[name]
            values = rows.columns[name] = reader.column(cells)
            for index, remarks in reader.remarked(cells):
                facts = {"before": shown(cells[index]), "after": values[index]}
                for remark in remarks:
                    self._file(
                        rows, notes, index, column, Remark(remark.code, facts | remark.facts)
                    )
        for index, column, remark in self.extra:
            self._file(rows, notes, index, column, remark)
        return notes

    def _file(
        self,
        rows: Rows,
        notes: dict[int, list[Finding]],
        index: int,
        column: Column,
        remark: Remark,
    ) -> None:
        name = column.field.name
        if remark.code in RULES:
            rows.report(index, remark.code, name, **remark.facts)
        else:
            found = cleaning_note(remark.code, name, column.heading, **remark.facts)
            notes.setdefault(index, []).append(found)

    def _fill_absent(self, rows: Rows) -> None:
        nothing = [""] * len(rows)
        for name in self.absent:
            rows.columns[name] = nothing

    def _assembled(
        self, rows: Rows, notes: dict[int, list[Finding]], serials: list[Any]
    ) -> list[CheckedRow]:
        names = [
            column.field.name for column in self.columns if any(rows.columns[column.field.name])
        ]
        filled = [rows.columns[name] for name in names]
        # A form may come in quite empty: still one row to judge.
        turned = zip(*filled, strict=True) if filled else [()] * len(rows)
        context, problems = self.memory.context, rows.problems
        checked = []
        decided = rows.columns["decided_on"]
        for index, cells in enumerate(turned):
            found = problems.get(index, [])
            deadline = context.deadline(decided[index])
            checked.append(
                CheckedRow(
                    rows.sheet_rows[index],
                    serial_text(serials[index]),
                    verdict(found) if found else "accept",
                    reasons(found) if found else [],
                    found,
                    notes.get(index, []),
                    {name: cell for name, cell in zip(names, cells, strict=True) if cell},
                    deadline,
                    deadline is not None and deadline.result < context.today,
                )
            )
        return checked


def serial_text(raw: Any) -> str:
    return shown(raw).strip()[:20]
