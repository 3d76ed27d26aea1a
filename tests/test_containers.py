"""Files that must be refused before a parser sees them, each with a sentence and quickly."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from credit_portal.containers import Findings, WorkbookRefused, examine
from tests.publicity.intake.builders import PENALTY, edited, table, workbook

SHEET = "xl/worksheets/sheet1.xml"


def plain() -> io.BytesIO:
    return workbook(table("penalty", PENALTY))


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def with_sheet(cells: bytes) -> io.BytesIO:
    return zipped(
        {"xl/workbook.xml": b"<workbook/>", SHEET: b"<sheetData>" + cells + b"</sheetData>"}
    )


def ole(stream: str) -> io.BytesIO:
    return io.BytesIO(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le")
    )


def lying_about_its_length() -> io.BytesIO:
    """The directory promises 1,000 bytes, the part unpacks to 300 MB."""
    source = zipped({"xl/workbook.xml": b"<workbook/>", SHEET: b" " * (300 << 20)})
    content = bytearray(source.getvalue())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.rfind(signature)
        content[place + offset : place + offset + 4] = struct.pack("<I", 1000)
    return io.BytesIO(bytes(content))


def marked_as_encrypted() -> io.BytesIO:
    content = bytearray(plain().getvalue())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return io.BytesIO(bytes(content))


def cut_short() -> io.BytesIO:
    """The last part's data runs to the end of the file, and beyond."""
    source = zipped({"xl/workbook.xml": b"<workbook/>", SHEET: bytes(range(256)) * 99})
    content = bytearray(source.getvalue())
    place = content.rfind(b"PK\x01\x02")
    content[place + 42 : place + 46] = struct.pack("<I", len(content) - 40)
    return io.BytesIO(bytes(content))


BOMB = "解压后过大"
REFUSED: dict[str, tuple[Callable[[], io.BytesIO], str]] = {
    "empty": (io.BytesIO, "文件是空的"),
    "password": (lambda: ole("EncryptedPackage"), "打开密码"),
    "word": (lambda: ole("WordDocument"), "Word 文档"),
    "old excel": (lambda: ole("Workbook"), "旧版 Excel"),
    "older excel": (lambda: ole("Book"), "旧版 Excel"),
    "other ole": (lambda: ole("Something"), "改了扩展名"),
    "text": (lambda: io.BytesIO(b"hello, world"), "改了扩展名"),
    "broken zip": (lambda: io.BytesIO(b"PK\x03\x04" + b"\0" * 99), "已损坏"),
    "not a workbook": (lambda: zipped({"word/document.xml": b"<a/>"}), "不是 .xlsx 工作簿"),
    "macros": (lambda: zipped({"xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}), "宏"),
    "zip bomb": (lambda: with_sheet(b" " * (300 << 20)), BOMB),
    "ratio": (lambda: with_sheet(b" " * (20 << 20)), BOMB),
    "many parts": (lambda: zipped({f"xl/{n}.xml": b"" for n in range(5001)}), BOMB),
    "lying length": (lying_about_its_length, BOMB),
    "encrypted zip": (marked_as_encrypted, "设有密码"),
    "odd compression": (lambda: zipped({"xl/workbook.xml": b"<a/>"}, zipfile.ZIP_BZIP2), "已损坏"),
    "cut short": (cut_short, "已损坏"),
    "stray cell right": (lambda: with_sheet(b'<c r="XFD1"><v>1</v></c>'), "第 78 列"),
    "stray cell below": (lambda: with_sheet(b'<c r="A1048576"><v>1</v></c>'), "第 12 万行"),
    "stray prefixed": (lambda: with_sheet(b'<x:c r="CA1"><v>1</v></x:c>'), "第 78 列"),
    "cell without place": (lambda: with_sheet(b"<c><v>1</v></c>"), "不常见的软件"),
    "place elsewhere": (lambda: with_sheet(b'<x:c s="1" r="XFD1"><v>1</v></x:c>'), "不常见的软件"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_with_a_sentence_within_two_seconds(case: str) -> None:
    make, sentence = REFUSED[case]
    source = make()
    started = time.perf_counter()
    with pytest.raises(WorkbookRefused) as refusal:
        examine(source)
    assert sentence in refusal.value.user_message
    assert refusal.value.user_message.endswith("。")
    assert time.perf_counter() - started < 2


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credit_portal.containers.MAX_CELLS", 10)
    with pytest.raises(WorkbookRefused, match=BOMB):
        examine(plain())


def test_a_plain_workbook_passes_and_is_left_at_its_beginning() -> None:
    source = plain()
    assert examine(source) == Findings()
    assert source.tell() == 0


def test_stored_parts_and_far_formatted_cells_are_harmless() -> None:
    cells = b'<c r="A1"><v>1</v></c><c r="XFD1" s="3"/><x:c r="B1048576"/>'
    parts = {"xl/workbook.xml": b"<workbook/>", SHEET: cells}
    assert examine(zipped(parts, zipfile.ZIP_STORED)) == Findings()


def test_a_cell_cut_by_the_end_of_a_piece_is_not_odd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credit_portal.containers.PIECE", 1000)
    cells = b"".join(b'<c r="A%d"><v>%d</v></c>' % (n, n * 7919 % 1000) for n in range(1, 3000))
    assert examine(with_sheet(cells)) == Findings()


def test_formulas_without_result_and_errors_are_found() -> None:
    source = edited(
        plain(),
        SHEET,
        b"</row></sheetData>",
        b'<c r="AF2"><f>A1+1</f><v></v></c><c r="AG2"><f>A1</f><v>2</v></c><c r="AH2" t="e"><v>#REF!</v></c>'
        b"</row></sheetData>",
    )
    assert examine(source) == Findings(True, frozenset({"AH2"}), frozenset({"AF2"}))


def test_only_so_many_places_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credit_portal.containers.LISTED", 2)
    cells = b"".join(b'<c r="A%d" t="e"><v>#REF!</v></c>' % n for n in range(1, 9))
    assert len(examine(with_sheet(cells)).errors) == 2


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_whatever_encoding(encoding: str) -> None:
    hostile = '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1/x">]><workbook/>'.encode(encoding)

    with pytest.raises(WorkbookRefused, match="不安全的内容"):
        examine(zipped({"xl/workbook.xml": hostile}))
