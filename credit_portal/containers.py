"""Is this file safe to hand to a workbook parser? Answered from its bytes, before any parser sees it.

The parser keeps a dense grid from the first to the last filled cell, so that one stray cell in the last corner of
a sheet makes it ask for half a terabyte and abort the whole process. Therefore every part is unpacked here once,
in small pieces, and the cell references are looked at; this also measures the true size of each part, whatever
the directory claims.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from credit_portal.exceptions import Refusal

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
MB = 1024 * 1024
MAX_ENTRIES = 5_000
MAX_TOTAL = 250 * MB
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1 * MB  # a small part may be as repetitive as it likes
MAX_CELLS = 4_000_000
PIECE = 1 * MB
OVERLAP = 256  # bytes carried into the next piece, longer than any cell's opening tag

# A cell within columns A–BZ and rows 1–119,999, written as spreadsheet programs write it: <c r="A1" …>. One pass
# over all cells; the patterns below are asked only where it stops.
SUSPICIOUS_CELL = re.compile(rb'<c(?! r="[AB]?[A-Z](?:[0-9]{1,5}|1[01][0-9]{4})")[\s/>]')
FAR_CELL_FILLED = re.compile(
    rb'c r="(?:(?:[C-Z][A-Z]|[A-Z]{3})[0-9]+|[A-Z]+(?:1[2-9][0-9]{4}|[2-9][0-9]{5}|[0-9]{7,}))"[^>]*(?<!/)>'
)
# Anything else could hide its place from the pattern above.
ODD_CELL = re.compile(rb'<(?:[A-Za-z0-9_.-]+:)?c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s/>]')
FORMULA = re.compile(rb"<f[\s/>]")
FORMULA_WITHOUT_VALUE = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]* t="e"')
# No spreadsheet program writes a document type; entities could unfold without end or name files.
DOCTYPES = tuple("<!DOCTYPE".encode(form) for form in ("ascii", "utf-16-le", "utf-16-be"))
LISTED = 1_000  # at most so many places of a kind are remembered


class WorkbookRefused(Refusal):
    """The file cannot be read; the sentence says what to do."""


SAVE_AS = "请用 Excel 或 WPS 打开后，选“另存为”，格式选“Excel 工作簿（*.xlsx）”，再上传。"
TOO_BIG = "文件解压后过大，不是正常的填报表格，已拒绝读取。请使用官方模板，按月或按单位拆分后上传。"
FAR_CELL = (
    "表格在数据区以外很远的位置还有内容（第 78 列以右或第 12 万行以下），无法读取。"
    "请删除数据区以外的行和列，或把数据复制到官方模板后上传。"
)
DECLARES = f"工作簿中含有不安全的内容，已拒绝读取。{SAVE_AS}"
DAMAGED = f"文件已损坏或不完整，无法打开。请确认它能在 Excel 或 WPS 中打开。{SAVE_AS}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the look through the parts found, for sentences about single cells."""

    formulas: bool = False
    errors: frozenset[str] = frozenset()
    without_value: frozenset[str] = frozenset()


def examine(source: BinaryIO) -> Findings:
    """Refuse what is not a plain .xlsx workbook of sensible size. Leaves the file at its beginning."""
    source.seek(0)
    head = source.read(8)
    if not head:
        raise WorkbookRefused("文件是空的。请重新选择填好的表格。")
    if head.startswith(OLE_MAGIC):
        raise WorkbookRefused(_about_ole(source))
    if not head.startswith(ZIP_MAGIC):
        raise WorkbookRefused(f"这不是 Excel 工作簿（可能是改了扩展名的其他文件）。{SAVE_AS}")
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _look_at_directory(entries)
            return _look_at_parts(source, entries)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError) as error:
        raise WorkbookRefused(DAMAGED) from error
    finally:
        source.seek(0)


def _about_ole(source: BinaryIO) -> str:
    """An OLE file is a protected workbook, a Word document or an old workbook: its directory tells."""
    source.seek(0)
    content = source.read(4 * MB)
    if _utf16("EncryptedPackage") in content:
        return "工作簿设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码（文件—信息—保护工作簿），保存后再上传。"
    if _utf16("WordDocument") in content:
        return "这是 Word 文档，不是表格。请把内容填入官方模板（.xlsx）后上传。"
    if _utf16("Workbook") in content or _utf16("Book") in content:
        return f"这是旧版 Excel 文件（.xls）或 WPS 表格（.et）。{SAVE_AS}"
    return f"这不是 Excel 工作簿（可能是改了扩展名的其他文件）。{SAVE_AS}"


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _look_at_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Everything that can be refused from the names and sizes alone."""
    names = {entry.filename.lower().replace("\\", "/") for entry in entries}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused(
            "工作簿中含有宏，为安全起见不予读取。请选“另存为”，格式选“Excel 工作簿（*.xlsx）”（不含宏），再上传。"
        )
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise WorkbookRefused(TOO_BIG)
    for entry in entries:
        if entry.file_size > max(RATIO_COUNTS_FROM, entry.compress_size * MAX_RATIO):
            raise WorkbookRefused(TOO_BIG)
        if entry.flag_bits & 1:
            raise WorkbookRefused("压缩包设有密码，无法读取。请取消密码后另存为 .xlsx 再上传。")
    if "xl/workbook.xml" not in names:
        raise WorkbookRefused(f"这不是 .xlsx 工作簿。{SAVE_AS}")


def _look_at_parts(source: BinaryIO, entries: list[zipfile.ZipInfo]) -> Findings:
    total = cells = 0
    formulas = False
    errors: set[str] = set()
    without_value: set[str] = set()
    for entry in entries:
        budget = max(RATIO_COUNTS_FROM, entry.compress_size * MAX_RATIO) + OVERLAP
        for piece in _pieces(source, entry):
            total += len(piece)
            budget -= len(piece) - OVERLAP
            cells += piece.count(b'c r="')
            if total > MAX_TOTAL or budget < 0 or cells > MAX_CELLS:
                raise WorkbookRefused(TOO_BIG)
            if any(mark in piece for mark in DOCTYPES):
                raise WorkbookRefused(DECLARES)
            _look_at_cells(piece)
            if b"<f" in piece and FORMULA.search(piece):
                formulas = True
                _note(FORMULA_WITHOUT_VALUE, piece, without_value)
            if b't="e"' in piece:
                _note(ERROR_CELL, piece, errors)
    return Findings(formulas, frozenset(errors), frozenset(without_value))


def _look_at_cells(piece: bytes) -> None:
    if SUSPICIOUS_CELL.search(piece) is None and b":c" not in piece:
        return
    if FAR_CELL_FILLED.search(piece):
        raise WorkbookRefused(FAR_CELL)
    odd = ODD_CELL.search(piece)
    if odd is not None and piece.find(b">", odd.start()) >= 0:
        raise WorkbookRefused(f"表格由不常见的软件生成，无法可靠读取。{SAVE_AS}")


def _note(pattern: re.Pattern[bytes], piece: bytes, places: set[str]) -> None:
    for match in pattern.finditer(piece):
        if len(places) >= LISTED:
            return
        places.add(match[1].decode("ascii"))


def _pieces(source: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The true content of a part, whatever length the directory claims, with a little overlap."""
    kept = b""
    for piece in _inflated(source, entry):
        whole = kept + piece
        yield whole
        kept = whole[-OVERLAP:]


def _inflated(source: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    source.seek(entry.header_offset)
    header = source.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    source.seek(name_length + extra_length, 1)
    remaining = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while remaining > 0 and (piece := source.read(min(PIECE, remaining))):
            remaining -= len(piece)
            yield piece
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(entry.filename)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    pending = b""
    while not machine.eof:
        if not pending:
            pending = source.read(min(PIECE, remaining))
            remaining -= len(pending)
            if not pending:
                raise zipfile.BadZipFile(entry.filename)
        yield machine.decompress(pending, PIECE)
        pending = machine.unconsumed_tail
