"""The workbook that people carry to the platform, and the platform's sheet of answers.

A row of the package bears the message's key, so that an answer finds its message however the rows are sorted.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import python_calamine as calamine

from credit_portal.containers import DAMAGED, WorkbookRefused, examine
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.municipal.transport import ItemAnswer, Outcome
from credit_portal.outbox.services import SheetRow

from .fields import fields_for, heading_key
from .workbooks import SheetWriter

SHEETS = {"penalty": "行政处罚", "permit": "行政许可"}
OPERATIONS = {"upsert": "报送", "withdraw": "撤下"}
LEADING = ("报送编号", "操作", "版本")
ANSWER_HEADINGS = ("报送编号", "处理结果", "回执号", "接收日期", "退回代码", "退回原因")
NEEDED = ANSWER_HEADINGS[:2]
RESULTS = {
    **dict.fromkeys(("入库", "已入库", "通过", "成功"), Outcome.ACCEPTED),
    **dict.fromkeys(("退回", "被退回", "不通过", "失败"), Outcome.REJECTED),
}
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
SEARCHED_ROWS = 20
MOST_ROWS = 20_000


def write_package(number: str, messages: Sequence[OutboxMessage]) -> bytes:
    """A cover, then a sheet for each kind with the national headings in national order."""
    file = io.BytesIO()
    writer = SheetWriter(file, "封面", ("报送包", number))
    writer.write(("条数", str(len(messages))))
    writer.write(("说明", "请将各工作表导入市信用平台；答复表须保留“报送编号”一列。"))
    for kind, title in SHEETS.items():
        rows = [message for message in messages if message.kind == kind]
        if rows:
            fields = fields_for(kind)
            writer.begin(title, (*LEADING, *(field.label for field in fields)))
            for message in rows:
                payload = json.loads(message.body)
                operation = OPERATIONS.get(payload.get("operation", ""), "报送")
                texts = [payload["fields"].get(field.code, "") for field in fields]
                writer.write([str(message.key), operation, str(message.sequence), *texts])
    writer.close()
    return file.getvalue()


def answer_template() -> bytes:
    file = io.BytesIO()
    SheetWriter(file, "答复", ANSWER_HEADINGS).close()
    return file.getvalue()


def read_answers(source: BinaryIO) -> list[SheetRow]:
    """Rows of the first sheet that has the headings. Raises WorkbookRefused."""
    examine(source)
    source.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(source)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found = answers_of(rows)
            if found is not None:
                return found
    except calamine.CalamineError as error:
        raise WorkbookRefused(DAMAGED) from error
    raise WorkbookRefused(f"没有找到含有“{'”“'.join(NEEDED)}”两列的工作表，请使用答复表样式。")


def answers_of(rows: list[list[Any]]) -> list[SheetRow] | None:
    known = {heading_key(heading): heading for heading in ANSWER_HEADINGS}
    for place, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = {
            known[key]: column
            for column, cell in enumerate(row)
            if (key := heading_key(as_text(cell))) in known
        }
        if all(heading in columns for heading in NEEDED):
            return list(data_rows(rows, place + 1, columns))
    return None


def data_rows(rows: list[list[Any]], first: int, columns: dict[str, int]) -> Iterator[SheetRow]:
    if len(rows) - first > MOST_ROWS:
        raise WorkbookRefused(f"答复表超过 {MOST_ROWS} 行，请分成几个文件登记。")
    for number, row in enumerate(rows[first:], start=first + 1):
        if any(as_text(cell) for cell in row):
            yield read_row(number, {name: row[column] for name, column in columns.items()})


def read_row(number: int, cells: dict[str, Any]) -> SheetRow:
    key, result, receipt, _, code, reason = (
        as_text(cells.get(heading, "")) for heading in ANSWER_HEADINGS
    )
    outcome, day = RESULTS.get(result, Outcome.UNKNOWN), civil_day(cells.get("接收日期", ""))
    answer = ItemAnswer(
        key.lower(), outcome, receipt=receipt, received_on=day, code=code[:40], reason=reason
    )
    return SheetRow(number, answer, problem_of(answer, result))


def problem_of(answer: ItemAnswer, result: str) -> str:
    if answer.outcome == Outcome.UNKNOWN:
        return f"处理结果“{result[:20]}”应为“入库”或“退回”"
    if answer.outcome == Outcome.REJECTED:
        return "" if answer.code or answer.reason else "退回的没有写明代码或原因"
    if not answer.receipt or len(answer.receipt) > 80:
        return "入库的没有回执号，或回执号过长"
    return "" if answer.received_on else "入库的没有接收日期，或日期无法识别"


def civil_day(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    for pattern in DAYS:
        try:
            return dt.datetime.strptime(as_text(cell)[:10], pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
