"""Document numbers (文号) taken apart: （淮）应急罚〔2026〕118号 is the stem 淮应急罚|| of 2026, number 118.

Brackets of any shape, blanks, width, leading zeros and 第 before the number are matters of spelling. The same rule
stands here for people's patterns and, as SQL, in the generated columns of `models/numbered.py`; a test holds them
together.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from credit_portal.exceptions import Refusal

# What a number is written with and not known by. Full-width round and square brackets are folded before this.
SPELLING = "()[]{}〔〕【】〖〗「」《》<> \t\r\n"
# Before the year, the year, between, the number, after. Anchored, and without \d, which differs between engines.
PARTS = r"^(.*?)((?:19|20)[0-9][0-9])([^0-9]*?)第?([0-9]{1,7})([^0-9].*)?$"
STEM = r"\1|\3|\5"
LONGEST_PATTERN = 100
YEAR_MARK, NUMBER_MARK = "{year}", "{n}"
EXAMPLE_YEAR = 2026

_PARTS = re.compile(PARTS)
_SPELLING = {ord(character): None for character in SPELLING}
_PADDED = re.compile(r"\{n:0?([1-7])\}")


class PatternRefused(Refusal):
    """A pattern that describes no series."""


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """What a document number says. A text without year or number is its own stem, of the year 0."""

    stem: str
    year: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A series as a department writes it, `（淮）应急罚〔{year}〕{n}号`; `{n:3}` pads to three digits."""

    text: str
    stem: str
    width: int = 0

    def write(self, year: int, number: int) -> str:
        """The document number of this year and number, in the department's own spelling."""
        padded = _PADDED.sub(NUMBER_MARK, self.text)
        return padded.replace(YEAR_MARK, str(year)).replace(NUMBER_MARK, f"{number:0{self.width}d}")


def number_key(text: str) -> str:
    """A document number without what is only spelling."""
    return unicodedata.normalize("NFKC", text).upper().translate(_SPELLING)


def parse(text: str) -> ParsedNumber:
    key = number_key(text)
    found = _PARTS.match(key)
    if found is None:
        return ParsedNumber(key)
    before, year, between, number, after = found.groups()
    return ParsedNumber(f"{before}|{between}|{after or ''}", int(year), int(number))


def read_pattern(text: str) -> Pattern:
    """The pattern that a person typed. Raises PatternRefused with the sentence that says what to mend."""
    typed = text.strip().replace("｛", "{").replace("｝", "}")
    _refuse_marks(typed)
    padded = _PADDED.search(typed)
    pattern = Pattern(typed, "", int(padded[1]) if padded else 0)
    read = [parse(pattern.write(EXAMPLE_YEAR, number)) for number in (1, 12_345)]
    if {(one.year, one.number) for one in read} != {(EXAMPLE_YEAR, 1), (EXAMPLE_YEAR, 12_345)}:
        raise PatternRefused(
            "按这个样式写出的文号读不出年份和序号。年份须在序号之前，样式中不要有别的数字。"
        )
    if read[0].stem.startswith("|"):
        raise PatternRefused("请在年份前写上机关代字，如（淮）应急罚。")
    return Pattern(typed, read[0].stem, pattern.width)


def _refuse_marks(typed: str) -> None:
    if len(typed) > LONGEST_PATTERN:
        raise PatternRefused(f"样式不能超过 {LONGEST_PATTERN} 字。")
    plain = _PADDED.sub(NUMBER_MARK, typed)
    if plain.count(YEAR_MARK) != 1:
        raise PatternRefused("请用 {year} 表示年份，只写一处，如（淮）应急罚〔{year}〕{n}号。")
    if plain.count(NUMBER_MARK) != 1:
        raise PatternRefused("请用 {n} 表示序号，只写一处，如（淮）应急罚〔{year}〕{n}号。")
    rest = plain.replace(YEAR_MARK, "").replace(NUMBER_MARK, "")
    if "{" in rest or "}" in rest:
        raise PatternRefused("花括号只用来写 {year} 和 {n}，其他地方请用〔〕或（）。")
    if any(character.isdecimal() for character in unicodedata.normalize("NFKC", rest)):
        raise PatternRefused("样式中除 {year} 和 {n} 外不要有数字。")


def examples(pattern: Pattern, year: int, first: int) -> list[str]:
    """How the first numbers of a year look, for the person who describes the series."""
    return [pattern.write(year, number) for number in (first, first + 1, first + 117)]
