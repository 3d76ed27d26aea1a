"""Loading a registry extract: rows stream through COPY into a temporary table, one statement merges them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import connection, transaction
from django.utils import timezone

from credit_portal.audit.services import record

from ..exceptions import RegistryRefused
from ..models import KnownCode, RegistryImport
from ..registry_file import COLUMNS, RegistryTable, column_label, open_registry
from ..registry_rows import RowCleaner, RowProblem
from . import registry_sql as sql

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from credit_portal.accounts.models import User

MAX_PROBLEMS = 1_000  # so many are listed; all are counted
REFRESH_FROM = 1_000  # changed rows, from which the planner's statistics are renewed at once


@dataclass(slots=True)
class RegistryReport:
    """What a loading did, or would do. `rows` are the rows that are not blank."""

    filename: str
    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    renamed: int = 0
    unchanged: int = 0
    rejected: int = 0
    cleaned: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    omitted: int = 0  # problems beyond the listed ones

    def note(self, problems: list[RowProblem]) -> None:
        room = MAX_PROBLEMS - len(self.problems)
        self.problems.extend(problems[:room])
        self.omitted += max(0, len(problems) - room)

    def as_json(self) -> dict[str, Any]:
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return plain | {"problems": [problem.as_json() for problem in self.problems]}


def import_registry(
    *, source: Path | BinaryIO, filename: str, by: User | None, dry_run: bool = False
) -> RegistryReport:
    """Create and update entities from an extract. A faulty row stays out and is reported; a faulty file
    changes nothing. A dry run does the same work and takes it back."""
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        return _load(open_registry(file), RegistryReport(filename, dry_run), by)


def import_rows(
    rows: Iterable[Mapping[str, Any]], *, by: User | None, filename: str = "直接载入"
) -> RegistryReport:
    """The same for rows from a program, keyed by the fields of the entity (those of COLUMNS)."""
    numbered = enumerate(([row.get(name, "") for name in COLUMNS] for row in rows), start=1)
    columns = {name: place for place, name in enumerate(COLUMNS)}
    return _load(RegistryTable(columns, numbered), RegistryReport(filename, dry_run=False), by)


def _load(table: RegistryTable, report: RegistryReport, by: User | None) -> RegistryReport:
    known = dict(KnownCode.objects.values_list("code", "reason"))
    cleaner = RowCleaner(table.columns, known)
    with transaction.atomic(), connection.cursor() as cursor:
        _take_turn(cursor)
        _stage(cursor, table, cleaner, report)
        _merge(cursor, cleaner, report)
        if report.dry_run:
            transaction.set_rollback(True)
        else:
            _remember(cursor, report, by)
    return report


def _take_turn(cursor: CursorWrapper) -> None:
    """One loading at a time: two would wait for each other's rows."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('records.registry'))")
    if not cursor.fetchone()[0]:
        raise RegistryRefused("另一份登记信息正在导入，请稍后再试。")


def _stage(
    cursor: CursorWrapper, table: RegistryTable, cleaner: RowCleaner, report: RegistryReport
) -> None:
    cursor.execute(sql.create_stage(cleaner.fields))
    with cursor.copy(sql.copy_stage(cleaner.fields)) as copy:
        for values in _good_rows(table, cleaner, report):
            copy.write_row(values)
    report.cleaned = cleaner.cleaned
    if not report.rows:
        raise RegistryRefused("表头下面没有数据，没有可导入的登记信息。")


def _good_rows(
    table: RegistryTable, cleaner: RowCleaner, report: RegistryReport
) -> Iterator[list[Any]]:
    for number, cells in table.rows:
        values, problems = cleaner.clean(number, cells)
        if values is not None:
            report.rows += 1
            yield [number, *values]
        elif problems:
            report.rows += 1
            report.rejected += 1
            report.note(problems)


def _merge(cursor: CursorWrapper, cleaner: RowCleaner, report: RegistryReport) -> None:
    cursor.execute("ANALYZE registry_stage")
    _drop_repeated(cursor, report)
    cursor.execute(sql.KEEP_FORMER_NAMES, [timezone.localdate()])
    report.renamed = cursor.rowcount
    cursor.execute(sql.merge(cleaner.fields))
    report.created, report.updated = cursor.fetchone()
    report.unchanged = report.rows - report.rejected - report.created - report.updated
    cursor.execute("DROP TABLE registry_stage")


def _drop_repeated(cursor: CursorWrapper, report: RegistryReport) -> None:
    """A code that stands in the file twice counts once, with its first good row."""
    cursor.execute(sql.REPEATED)
    repeated = cursor.fetchall()
    if not repeated:
        return
    report.rejected += len(repeated)
    report.note(
        [
            RowProblem(
                line,
                column_label("code"),
                "duplicate_in_file",
                f"与第 {first} 行的代码重复，以第 {first} 行为准。",
            )
            for line, first in repeated
        ]
    )
    report.problems.sort(key=lambda problem: problem.row)
    cursor.execute(sql.DROP_REPEATED)


def _remember(cursor: CursorWrapper, report: RegistryReport, by: User | None) -> None:
    counts = {
        name: getattr(report, name)
        for name in ("rows", "created", "updated", "renamed", "unchanged", "rejected")
    }
    loading = RegistryImport.objects.create(
        filename=report.filename[:255], imported_by=by, **counts
    )
    record("registry.imported", by=by, subject=loading, changes=counts)
    if report.created + report.updated >= REFRESH_FROM:
        # The planner chooses between two ways of searching by what it knows of the names.
        cursor.execute("SELECT gin_clean_pending_list('entity_name_bigrams'::regclass)")
        cursor.execute("ANALYZE records_marketentity")
