"""A plain workbook written row by row. User data is data: text cells, never formulas, codes with all their digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# A text that begins like this may be taken for a formula, also after full-width input or when saved as CSV.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
LONGEST = 32_767  # characters of a cell
TEXT = "@"
WIDTH = 22


class SheetWriter:
    """Sheets with a fixed head; memory stays flat however many rows come."""

    def __init__(self, path: Path | BinaryIO, title: str, headings: Sequence[str]) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self.begin(title, headings)

    def begin(self, title: str, headings: Sequence[str]) -> None:
        """Another sheet; rows go to the newest one."""
        self._sheet: Any = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        for place in range(1, len(headings) + 1):
            self._sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        head = [self._cell(heading) for heading in headings]
        for cell in head:
            cell.font = Font(bold=True)
        self._sheet.append(head)

    def write(self, texts: Sequence[str]) -> None:
        self._sheet.append([self._cell(text) for text in texts])

    def close(self) -> None:
        self._book.save(self._path)

    def _cell(self, text: str) -> Any:
        clean = CONTROL.sub("", text)[:LONGEST]
        cell = WriteOnlyCell(self._sheet, clean)
        cell.data_type = "s"
        cell.number_format = TEXT
        if clean.startswith(FORMULA_STARTS):
            cell.quotePrefix = True
        return cell
