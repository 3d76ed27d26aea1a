"""The files of 开放数据: which columns they have, what is struck out of a cell, and how one is written.

Each file is written while its digest is counted, a row at a time. CSV has headings for people, JSON Lines the national
codes for programs; one object a line, so that a reader needs no more memory than we do.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from records.codes import strike_personal_numbers

from .exports import BYTE_ORDER_MARK, safe_cell
from .fields import Field, FieldKind, public_fields
from .models import Publication

# Public on the page of a decision, but not handed out by the hundred thousand: the name of a person, the tax number,
# which of a sole trader used to be the ID number, and remarks, which nobody has a rule for.
LEFT_OUT = {"legal_representative", "tax_number", "remarks"}
OWN = (
    ("public_id", "公开编号", "文本", 12, "本平台编号，更正后不变；公示网页为 /p/公开编号/"),
    ("version", "版本", "整数", None, "每更正一次加一"),
    ("starts_on", "公示开始日期", "日期", 10, "年-月-日"),
    ("ends_on", "公示截止日期", "日期", 10, "年-月-日，含当日；“长期”指没有截止日期"),
)
WORDS = {FieldKind.NAME, FieldKind.LINE, FieldKind.TEXT, FieldKind.NUMBER}
TYPES = {FieldKind.DATE: "日期", FieldKind.AMOUNT: "小数"}
# What stands in a text in the place of an ID or mobile number.
HELD = 200  # lines
STRUCK = "（略）"
COLUMNS = ("kind", "public_id", "version", "starts_on", "ends_on", "snapshot")
DELETIONS = (
    ("public_id", "公开编号"),
    ("kind", "种类"),
    ("left_on", "移出日期"),
    ("reason", "原因"),
)
DICTIONARY = (
    ("table", "数据集"),
    ("code", "字段代码"),
    ("label", "中文名称"),
    ("type", "类型"),
    ("unit", "单位"),
    ("length", "最大长度"),
    ("meaning", "说明"),
)


def columns(kind: str) -> tuple[tuple[str, str], ...]:
    """Code and heading of each column: our own, then the national ones in national order."""
    national = ((field.code, field.label) for field in offered(kind))
    return (*((code, label) for code, label, *_ in OWN), *national)


@lru_cache(maxsize=2)
def offered(kind: str) -> tuple[Field, ...]:
    return tuple(field for field in public_fields(kind) if field.name not in LEFT_OUT)


@lru_cache(maxsize=2)
def written(kind: str) -> dict[str, bool]:
    """The national codes of the columns, and whether a cell is text in which a number might stand."""
    return {field.code: field.kind in WORDS for field in offered(kind)}


def record(row: Any) -> dict[str, Any]:
    """One decision under the codes of `columns`, from its frozen text. row: a publication, or a tuple of COLUMNS."""
    words = written(row.kind)
    values = dict.fromkeys(words, "")
    for told in row.snapshot:
        code, value = told["code"], told["value"]
        if code in words:
            values[code] = strike_personal_numbers(value, STRUCK) if words[code] else value
    return {
        "public_id": row.public_id,
        "version": row.version,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else "长期",
        **values,
    }


def dictionary() -> Iterable[dict[str, Any]]:
    for kind in Publication.Kind:
        for code, label, type_, length, meaning in OWN:
            yield entry(kind, code, label, type_, "", length, meaning)
        for field in offered(kind):
            unit = "万元" if field.kind is FieldKind.AMOUNT else ""
            meaning = f"取值：{'、'.join(field.choices)}" if field.choices else field.plain
            type_ = TYPES.get(field.kind, "文本")
            yield entry(kind, field.code, field.label, type_, unit, field.max_length, meaning)


def entry(
    kind: Publication.Kind,
    code: str,
    label: str,
    type_: str,
    unit: str,
    length: int | None,
    meaning: str,
) -> dict[str, Any]:
    values = (kind.label, code, label, type_, unit, length or "", meaning)
    return {name: value for (name, _), value in zip(DICTIONARY, values, strict=True)}


class Counted:
    """A file that counts its bytes and rows and its SHA-256 while it is written, many rows at a time."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()
        self.name, self.size, self.rows = path.name, 0, 0
        self._held: list[str] = []

    def write(self, text: str) -> None:
        self._held.append(text)
        if len(self._held) == HELD:
            self.flush()

    def flush(self) -> None:
        data = "".join(self._held).encode()
        self._held.clear()
        self._digest.update(data)
        self.size += len(data)
        self._file.write(data)

    def close(self) -> dict[str, Any]:
        self.flush()
        self._file.close()
        digest = self._digest.hexdigest()
        return {"name": self.name, "bytes": self.size, "rows": self.rows, "sha256": digest}


def write_pair(
    folder: Path, stem: str, heads: Iterable[tuple[str, str]], rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The same rows as `stem.csv` and `stem.jsonl`; answers what the manifest says of the two."""
    codes = [code for code, _ in heads]
    table, lines = Counted(folder / f"{stem}.csv"), Counted(folder / f"{stem}.jsonl")
    try:
        table.write(BYTE_ORDER_MARK)
        writer = csv.writer(table)
        writer.writerow([label for _, label in heads])
        for row in rows:
            writer.writerow([safe_cell(str(row[code])) for code in codes])
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            table.rows += 1
            lines.rows += 1
    finally:
        told = [table.close(), lines.close()]
    return told
