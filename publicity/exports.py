"""Public lists as CSV: UTF-8 with a byte order mark, so that Excel shows Chinese; written while it is sent."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from .intake.returns import FORMULA_STARTS
from .models import Publication
from .querysets import PublicationQuerySet

MAX_ROWS = 20_000
BATCH = 500
BYTE_ORDER_MARK = "\ufeff"
HEADINGS = (
    "行政相对人名称",
    "统一社会信用代码",
    "决定书文号",
    "类别",
    "决定机关",
    "决定日期",
    "公示开始日期",
    "公示截止日期",
    "公示网页",
)
# Of the frozen fields what else a reader of tables asks for, by national code.
DETAILS = {
    "penalty": (("违法行为类型", "CF_WFXW"), ("罚款金额（万元）", "CF_NR_FK")),
    "permit": (("许可内容", "XK_NR"),),
}


class _Line:
    """A file for the csv writer that hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def publications_csv(
    rows: PublicationQuerySet, kind: str, whole_address: Callable[[str], str]
) -> Iterator[str]:
    """The rows in their order, at most `MAX_ROWS`; a last line says when there are more. Natural persons are masked
    already."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow([*HEADINGS, *(label for label, _ in DETAILS[kind])])
    count = 0
    for row in rows[: MAX_ROWS + 1].iterator(chunk_size=BATCH):
        count += 1
        if count <= MAX_ROWS:
            yield writer.writerow([safe_cell(value) for value in cells(row, whole_address)])
    if count > MAX_ROWS:
        yield writer.writerow([f"只导出了前 {MAX_ROWS} 条，请缩小条件后分次下载。"])


def cells(row: Publication, whole_address: Callable[[str], str]) -> tuple[Any, ...]:
    return (
        row.party_name,
        row.party_code,
        row.document_number,
        row.category,
        row.authority.name,
        row.decided_on.isoformat(),
        row.starts_on.isoformat(),
        row.ends_on.isoformat() if row.ends_on else "长期",
        whole_address(reverse("public:publicity:publication", args=[row.public_id])),
        *details(row),
    )


def details(row: Publication) -> list[str]:
    """From the frozen text, so that a later edit of the live row never gets out."""
    values = {field["code"]: field["value"] for field in row.snapshot}
    return [values.get(code, "") for _, code in DETAILS[row.kind]]


def safe_cell(text: str) -> str:
    """Text that a spreadsheet might take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
