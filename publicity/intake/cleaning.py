"""Cells as people type them → values as the national table has them. Every change is noted, nothing is guessed.

A reader is a dictionary from raw cell to clean text ("" is empty). Each different cell is worked out once, and a
whole column is read by one pass at C speed; what was cleaned or could not be read is kept in `remarks`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from records.codes import check_code


class Remark(NamedTuple):
    """Something about one cell: a cleaning note, or the code of a rule in `problems.RULES`."""

    code: str
    facts: dict[str, str]


BLANKS = " \t\r\n\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u200e\u200f\u3000\ufeff"
# Control and invisible characters, which a clean one-line cell does not have. One class of characters and no
# alternatives: such a pattern is searched several times faster.
INVISIBLE = "\x01-\x1f\x7f\u00a0\u2000-\u200f\u2028-\u202e\u2060\u3000\ufeff"
DIRTY = re.compile(f"[{INVISIBLE}]")
ESCAPED = "_x000"  # how a workbook writes a carriage return
NUL = "\x00"  # a workbook can smuggle it in, a database cannot hold it
NOTHING = frozenset(
    {"/", "\\", "-", "--", "—", "——", "无", "null", "NULL", "None", "N/A", "n/a", "#N/A"}
)
DOUBTFUL_STARTS = frozenset({" ", "#"})
CELL_ERROR = re.compile(r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
EXACT_FLOAT = 10**15  # spreadsheets keep fifteen digits


class Reader(dict[Any, str]):
    """Raw cell → clean text. Subclasses say how in `read`, calling `remark` for what they noticed."""

    def __init__(self) -> None:
        super().__init__()
        self.remarks: dict[Any, list[Remark]] = {}

    def __missing__(self, raw: Any) -> str:
        found: list[Remark] = []
        value = self[raw] = self.read(without_nul(raw), found)
        if found:
            self.remarks[raw] = found
        return value

    def read(self, raw: Any, found: list[Remark]) -> str:
        raise NotImplementedError

    def column(self, cells: Sequence[Any]) -> list[str]:
        """All cells of a column."""
        return [self[cell] for cell in cells]

    def remarked(self, cells: Sequence[Any]) -> list[tuple[int, list[Remark]]]:
        """(position, remarks) of the cells of this column that have any."""
        if not self.remarks:
            return []
        known = self.remarks
        return [(index, known[cell]) for index, cell in enumerate(cells) if cell in known]


def without_nul(raw: Any) -> Any:
    return raw.replace(NUL, "") if isinstance(raw, str) else raw


def note(found: list[Remark], code: str, **facts: str) -> None:
    found.append(Remark(code, facts))


def is_nothing(raw: Any, found: list[Remark]) -> bool:
    """An empty cell, or one in which somebody wrote 无 or a dash for "empty"."""
    if not isinstance(raw, str):
        return False
    text = raw.strip(BLANKS)
    if text in NOTHING:
        note(found, "nothing_emptied", value=text)
        return True
    return not text


class TextReader(Reader):
    """Running text: keeps its line breaks, loses blanks at the ends and invisible characters."""

    break_code: ClassVar[str] = "newline"
    dirty: ClassVar[re.Pattern[str]] = DIRTY

    def __init__(self, max_length: int) -> None:
        super().__init__()
        self.max_length = max_length

    def __missing__(self, raw: Any) -> str:
        # Long texts hardly ever repeat: remember only those with remarks.
        found: list[Remark] = []
        value = self.read(without_nul(raw), found)
        if found:
            self[raw] = value
            self.remarks[raw] = found
        return value

    def column(self, cells: Sequence[Any]) -> list[str]:
        """Most columns are clean and most cells of the others: only what looks dirty is read."""
        if set(map(type, cells)) != {str}:
            return super().column(cells)
        if self._all_clean(cells):
            return list(cells)
        dirty, longest = self.dirty.search, self.max_length
        return [
            self[cell]
            if dirty(cell)
            or cell in NOTHING
            or cell[:1] in DOUBTFUL_STARTS
            or cell[-1:] == " "
            or NUL in cell
            or ESCAPED in cell
            or len(cell) > longest
            else cell
            for cell in cells
        ]

    def _all_clean(self, cells: Sequence[str]) -> bool:
        """One search over the whole column tells; NUL joins, so that it must not stand in a cell."""
        joined = NUL.join(cells)
        return (
            self.dirty.search(joined) is None
            and joined.count(NUL) == len(cells) - 1
            and ESCAPED not in joined
            and max(map(len, cells)) <= self.max_length
            and NOTHING.isdisjoint(cells)
            and DOUBTFUL_STARTS.isdisjoint({cell[:1] for cell in cells})
            and " " not in {cell[-1:] for cell in cells}
        )

    def read(self, raw: Any, found: list[Remark]) -> str:
        text = plain_text(raw, found).replace("_x000D_", "").replace("_x000d_", "")
        if CELL_ERROR.fullmatch(text.strip()):
            note(found, "cell_error", value=text.strip())
            return ""
        value = self.tidy(text, found)
        if value in NOTHING:
            note(found, "nothing_emptied", value=value)
            return ""
        if len(value) > self.max_length:
            note(found, "too_long", length=str(len(value)), limit=str(self.max_length))
        return value

    def tidy(self, text: str, found: list[Remark]) -> str:
        whole = text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS)
        value = re.sub("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]", "", whole)
        if value != text:
            note(found, "spaces")
        return value


class LineReader(TextReader):
    """One line: a line break becomes a blank."""

    def tidy(self, text: str, found: list[Remark]) -> str:
        if "\n" in text.strip(BLANKS) or "\r" in text.strip(BLANKS):
            note(found, self.break_code)
            text = self.join_lines(text)
        quiet: list[Remark] = []
        value = super().tidy(text, quiet).replace("\t", " ").replace("\u3000", " ")
        if quiet or value != text:
            note(found, "spaces")
        return value

    def join_lines(self, text: str) -> str:
        return re.sub(r"\s*[\r\n]+\s*", " ", text.strip(BLANKS))


class DocumentNumberReader(LineReader):
    """The number of a decision: 〔〕 around the year and round brackets of full width, whatever was typed."""

    OPEN, CLOSE = "(（[［【〔〖{｛<＜《〈﹝", ")）]］】〕〗}｝>＞》〉﹞"
    dirty = re.compile(
        f"[()[\\]{{}}<>［］【】〖〗｛｝＜＞《》〈〉﹝﹞{INVISIBLE}]|（\\d{{4}}|\\d{{4}}）|〔 | 〕"
    )
    YEAR: ClassVar[re.Pattern[str]] = re.compile(
        rf"[{re.escape(OPEN)}]\s*(\d{{4}})\s*[{re.escape(CLOSE)}]"
    )
    ROUND: ClassVar[dict[int, int]] = str.maketrans("()", "（）")

    def tidy(self, text: str, found: list[Remark]) -> str:
        line = super().tidy(text, found)
        value = self.YEAR.sub(r"〔\1〕", line).translate(self.ROUND)
        if value != line:
            note(found, "number_brackets")
        return value


class CategoryReader(LineReader):
    """Several categories stand in one cell, parted by ； as the national table has it. What explains 其他 keeps its
    signs."""

    dirty = re.compile(f"[;、,，/ {INVISIBLE}]")
    OTHER: ClassVar[re.Pattern[str]] = re.compile(r"其[他它]")
    PARTING: ClassVar[re.Pattern[str]] = re.compile(r"[;；、,，/\s]+")

    def tidy(self, text: str, found: list[Remark]) -> str:
        line = super().tidy(text, found)
        other = self.OTHER.search(line)
        end = other.start() if other else len(line)
        named = self.PARTING.sub("；", line[:end])
        value = f"{named}{line[end:]}" if other else named.strip("；")
        if value != line:
            note(found, "wording")
        return value


class NameReader(LineReader):
    """A name: nothing between Chinese characters, one blank between foreign words."""

    break_code = "newline_in_name"
    dirty = re.compile(f"[ {INVISIBLE}]")
    GAPS: ClassVar[re.Pattern[str]] = re.compile(
        r"(?<![!-~])[ \t\u00a0\u3000]+|[ \t\u00a0\u3000]+(?![!-~])"
    )

    def join_lines(self, text: str) -> str:
        return self.GAPS.sub("", re.sub(r"[\r\n]+", " ", text.strip(BLANKS)))

    def tidy(self, text: str, found: list[Remark]) -> str:
        line = super().tidy(text, found)
        value = self.GAPS.sub("", line)
        if value != line and not any(remark.code == "spaces" for remark in found):
            note(found, "spaces")
        return value


class NumberReader(LineReader):
    """A registration or ID number: text of half width without blanks, whatever the spreadsheet made of it."""

    dirty = re.compile(f"[ \uff01-\uff5e{INVISIBLE}]")

    def tidy(self, text: str, found: list[Remark]) -> str:
        half = unicodedata.normalize("NFKC", text)
        if half.strip() != text.strip(BLANKS):
            note(found, "fullwidth_code")
        value = re.sub(r"[\s\u200b-\u200f\ufeff]+", "", half)
        if value != half:
            note(found, "spaces")
        return value


class CodeReader(Reader):
    """A unified social credit code, judged by the subject guard. Refused codes keep their cleaned form."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self.known = known
        self.refused: set[str] = set()

    def read(self, raw: Any, found: list[Remark]) -> str:
        if is_nothing(raw, found):
            return ""
        if isinstance(raw, float | int) and abs(raw) < EXACT_FLOAT:
            raw = f"{raw:.15g}"
        verdict = check_code(raw, self.known)
        found.extend(Remark(code, {}) for code in verdict.notes)
        if not verdict.valid:
            note(found, verdict.reason, why=verdict.sentence)
            self.refused.add(verdict.normalised)
        return verdict.normalised


class ChoiceReader(LineReader):
    """A value from a closed list; wordings of older forms are translated and noted."""

    def __init__(self, choices: dict[str, str], problem: str) -> None:
        super().__init__(max_length=64)
        self.choices = choices
        self.problem = problem

    def column(self, cells: Sequence[Any]) -> list[str]:
        return Reader.column(self, cells)

    def __missing__(self, raw: Any) -> str:
        return Reader.__missing__(self, raw)

    def read(self, raw: Any, found: list[Remark]) -> str:
        text = super().read(raw, found)
        if not text:
            return ""
        value = self.choices.get(text)
        if value is None:
            note(found, self.problem, value=text)
            return text
        if value != text:
            note(found, "wording", before=text, after=value)
        return value


def shown(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(without_nul(raw))


def plain_text(raw: Any, found: list[Remark]) -> str:
    """A cell of a text column as text; numbers without the spreadsheet's .0, lost digits are said."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        if abs(raw) >= EXACT_FLOAT:
            note(found, "digits_lost", value=f"{raw:.6g}")
        return f"{raw:.15g}"
    if isinstance(raw, dt.datetime) and raw.time() == dt.time():
        raw = raw.date()
    return str(raw)
