"""Rows and workbooks for the tests of the intake."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from publicity.fields import fields_for
from publicity.intake.problems import Finding

FIRM, TRADER, ORGAN = "91340405MAYHMM8F8X", "92340403MAUPKPC91L", "11340400MAMJ1E6E06"
COMMON = {
    "party_name": "淮南市焜屿电梯维保有限公司",
    "party_category": "法人及非法人组织",
    "party_code": FIRM,
    "legal_representative": "孙飞",
    "decided_on": dt.date(2026, 10, 26),
    "authority_name": "淮南市应急管理局",
    "authority_code": ORGAN,
    "source_name": "淮南市应急管理局",
    "source_code": ORGAN,
}
PENALTY: dict[str, Any] = COMMON | {
    "document_number": "（淮）应急罚〔2026〕1号",
    "violation_type": "未采取措施消除事故隐患",
    "facts": "经现场检查，该单位未采取措施消除事故隐患。",
    "legal_basis": "《中华人民共和国安全生产法》第一百零二条",
    "penalty_category": "罚款",
    "penalty_content": "处罚款人民币3.2万元",
    "fine_amount": 3.2,
    "valid_until": dt.date(2099, 12, 31),
}
PERMIT: dict[str, Any] = COMMON | {
    "document_title": "准予行政许可决定书",
    "document_number": "淮应急许准〔2026〕1号",
    "permit_category": "核准",
    "content": "准予取得安全生产许可证。",
    "valid_from": dt.date(2026, 10, 26),
    "valid_to": dt.date(2029, 10, 25),
    "permit_status": 1.0,
}


def codes(findings: Iterable[Finding]) -> list[str]:
    return [found["code"] for found in findings]


def table(kind: str = "penalty", *rows: Mapping[str, Any]) -> list[list[Any]]:
    """Header and rows, in national order with 序号 in front."""
    fields = fields_for(kind)
    lines = [["序号", *(field.label for field in fields)]]
    for number, row in enumerate(rows, start=1):
        lines.append([number, *(row.get(field.name) for field in fields)])
    return lines


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]] | Sequence[Sequence[Any]]) -> io.BytesIO:
    """A workbook with these sheets, or with one called 数据."""
    if not isinstance(sheets, Mapping):
        sheets = {"数据": sheets}
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def edited(source: io.BytesIO, part: str, before: bytes, after: bytes) -> io.BytesIO:
    """The same zip with something replaced in one part."""
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                assert before in content
                content = content.replace(before, after)
            new.writestr(entry.filename, content)
    target.seek(0)
    return target
