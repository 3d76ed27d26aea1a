"""The subject guard: is this a unified social credit code, and if not, what is wrong, where, and what to do.

Pure functions without a database. A valid code that needs no cleaning takes a few microseconds, so that a
batch of 50,000 rows costs a fraction of a second. python-stdnum does the arithmetic of ID numbers; its check of
unified codes refuses the registered pairs that begin with a letter (A1, N2, Y1) and does not say where a code
fails, so that arithmetic stands here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from operator import mul
from typing import NamedTuple

from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from .code_table import CODE_KINDS

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
PLACEHOLDER = "00000000000000000X"  # "no unified code yet" in some authorities' data

VALUES = {character: value for value, character in enumerate(CHARACTERS)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # 3^(i-1) mod 31
ORGANISATION_VALUES = {c: int(c, 36) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
# What people and programs put between the characters: spaces, line breaks, hyphens, invisible marks.
FILLERS = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\\-\u2010-\u2015\u2212_]+")
SCIENTIFIC = re.compile(r"\+?[0-9](?:\.[0-9]*)?[Ee]\+?[0-9]{1,2}|[0-9]{15,}\.0*")
ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
ID_IN_TEXT = re.compile(r"(?<![0-9])[1-9][0-9]{5}[ \-]?[0-9]{8}[ \-]?[0-9]{3}[0-9Xx](?![0-9])")
# A region, a plausible birthday and a rest: whoever typed one digit wrong still meant a person.
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_REGION = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
ID_SHAPE = re.compile(
    rf"(?<![0-9]){_REGION}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}(?:[0-9][Xx]?|[Xx])(?![0-9])"
)
OLD_ID_SHAPE = re.compile(rf"(?<![0-9]){_REGION}[0-9]{{2}}{_DAY}[0-9]{{3}}(?![0-9Xx])")
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9](?:[ \-]?[0-9]{4}){2}(?![0-9])")
_PARTED = "[\\s\\-\u2010-\u2015\u2212\uff0d·.．,，、]?"
SEPARATORS = re.compile(rf"(?<=[0-9]){_PARTED}(?=[0-9Xx])")
DIGITS_OF_A_PERSON = re.compile(rf"(?:\d{_PARTED}){{10}}\d")  # a look before the longer search
FULL_WIDTH = 0xFEE0  # from a character to its double of full width
LOOKALIKES = {"I": "数字 1", "O": "数字 0", "S": "数字 5", "V": "字母 U 或 Y", "Z": "数字 2"}
EARLIEST_BIRTH = dt.date(1800, 1, 1)  # the standard's own example was born in 1880
# Provinces (GB/T 2260); 9 begins the permanent residence card of a foreigner.
PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
ID_REGIONS = frozenset(PROVINCES.split())


class Reason(StrEnum):
    """Why a code is refused. The values are the reason codes of import reports."""

    NONE = ""
    LENGTH = "uscc_length"
    CHARSET = "uscc_charset"
    CHECKSUM = "uscc_checksum"
    SCIENTIFIC = "uscc_scientific"
    IS_ID_NUMBER = "uscc_is_id_number"
    PLACEHOLDER = "uscc_placeholder"
    CATEGORY = "uscc_category"


class Note(StrEnum):
    """What was cleaned or is worth a look; never a ground for refusal."""

    LOWERCASE = "lowercase_code"
    FULLWIDTH = "fullwidth_code"
    SPACES = "spaces"
    ORGANISATION_CODE = "organisation_code"
    UNKNOWN_CATEGORY = "unknown_category"
    KNOWN_CODE = "known_code"


NOTE_SENTENCES: dict[str, str] = {
    Note.LOWERCASE: "小写字母已改为大写。",
    Note.FULLWIDTH: "全角字符已改为半角。",
    Note.SPACES: "代码中的空格、换行或连字符已去除。",
    Note.ORGANISATION_CODE: "第 9—17 位组织机构代码的校验码不符，请留意核对；不影响办理。",
    Note.UNKNOWN_CATEGORY: "第 1—2 位不在已知的登记管理部门和机构类别表中，请留意核对；不影响办理。",
    Note.KNOWN_CODE: "该代码校验不符，但已由登记机关确认，可以使用。",
}


class CodeVerdict(NamedTuple):
    """The answer of the guard. `position` counts from 1 in the normalised form; `notes` are `Note` values."""

    valid: bool
    normalised: str
    kind: str = ""
    position: int | None = None
    reason: str = ""
    sentence: str = ""
    notes: tuple[str, ...] = ()


def check_code(text: object, known: Collection[str] = ()) -> CodeVerdict:
    """Judge what stands in a cell. `known` are the registered codes that fail the arithmetic."""
    if isinstance(text, str) and _is_sound(text):
        return CodeVerdict(True, text, CODE_KINDS[text[:2]])
    return _examine(text, known)


def normalise_code(text: str) -> str:
    """Half width, upper case, nothing in between. I and O stay: a guess would hide the mistake."""
    return FILLERS.sub("", unicodedata.normalize("NFKC", text)).strip("'’`\"").upper()


def check_character(body: str) -> str:
    """The 18th character for these first 17."""
    return CHARACTERS[-sum(map(mul, map(VALUES.__getitem__, body), WEIGHTS)) % 31]


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code (GB 11714): 36 letters here, not 31."""
    total = sum(map(mul, map(ORGANISATION_VALUES.__getitem__, body), ORGANISATION_WEIGHTS))
    return "0X987654321"[total % 11]


def is_id_number(text: str) -> bool:
    """An 18-digit citizen's ID number (GB 11643) or foreigner's permanent residence number.

    A sound code of a market entity begins with 9 as the residence numbers do; the code wins.
    """
    number = normalise_code(text)
    if not ID_NUMBER.fullmatch(number) or ric.calc_check_digit(number) != number[17]:
        return False
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    if not EARLIEST_BIRTH <= born <= timezone.localdate():
        return False
    return number[:2] in ID_REGIONS or (number[0] == "9" and not _sums_up(number))


def find_personal_numbers(text: str) -> list[str]:
    """What looks like an ID number, also with a slip in it or parted, one of 15 digits, or a mobile number."""
    if not DIGITS_OF_A_PERSON.search(text):
        return []
    plain = unicodedata.normalize("NFKC", text)
    joined = SEPARATORS.sub("", plain)
    # As it stands too: joined to a number before it, it would seem to go on.
    shapes = (ID_SHAPE, OLD_ID_SHAPE)
    ids = [m.group() for shape in shapes for form in (joined, plain) for m in shape.finditer(form)]
    mobiles = [SEPARATORS.sub("", m.group()) for m in MOBILE.finditer(plain)]
    return list(dict.fromkeys(ids + mobiles))


def strike_personal_numbers(text: str, mark: str) -> str:
    """The text with a mark in the place of each personal number; of one that cannot be cut out, the mark alone."""
    if not (found := find_personal_numbers(text)):
        return text
    for number in found:
        either_width = (f"[{c}{chr(ord(c) + FULL_WIDTH)}]" for c in number)
        text = re.sub(_PARTED.join(either_width), mark, text)
    return mark if find_personal_numbers(text) else text


def find_id_numbers(text: str) -> list[str]:
    """ID numbers in running text, also those written in groups."""
    if len(text) < LENGTH:
        return []
    found = (
        normalise_code(m.group()) for m in ID_IN_TEXT.finditer(unicodedata.normalize("NFKC", text))
    )
    return [number for number in found if is_id_number(number)]


def _is_sound(code: str) -> bool:
    """The fast path: nothing to clean, nothing to remark."""
    return (
        SHAPE.fullmatch(code) is not None
        and _sums_up(code)
        and code[:2] in CODE_KINDS
        and _organisation_code_sums_up(code)
        and not (code[6:8] in ("18", "19", "20") and is_id_number(code))
    )


def _sums_up(code: str) -> bool:
    return check_character(code[:17]) == code[17]


def _organisation_code_sums_up(code: str) -> bool:
    return organisation_check_character(code[8:16]) == code[16]


def _examine(value: object, known: Collection[str]) -> CodeVerdict:
    """The slow path: clean, then say what is wrong or what is remarkable."""
    text = "" if value is None else str(value)
    stripped = text.strip()
    if isinstance(value, float) or SCIENTIFIC.fullmatch(stripped):
        return _refusal(stripped, Reason.SCIENTIFIC, None, (), _SCIENTIFIC)
    code = normalise_code(text)
    notes = _cleaning_notes(text)
    if code in known:
        return CodeVerdict(
            True, code, CODE_KINDS.get(code[:2], ""), notes=(*notes, Note.KNOWN_CODE)
        )
    reason, position, sentence = _fault(code)
    if reason:
        return _refusal(code, reason, position, notes, sentence)
    return CodeVerdict(True, code, CODE_KINDS.get(code[:2], ""), notes=notes + _remarks(code))


def _refusal(
    code: str, reason: Reason, position: int | None, notes: tuple[str, ...], sentence: str
) -> CodeVerdict:
    kind = CODE_KINDS.get(code[:2], "") if reason is Reason.CHECKSUM else ""
    return CodeVerdict(False, code, kind, position, reason.value, sentence, notes)


_SCIENTIFIC = "代码已被电子表格转成数字，末尾几位已经丢失。请把该列设为“文本”格式，再按营业执照重新填写 18 位代码。"
_NO_FAULT = (Reason.NONE, None, "")


def _fault(code: str) -> tuple[Reason, int | None, str]:
    """The first fault in the order in which a person can act on it."""
    if code == PLACEHOLDER:
        return (
            Reason.PLACEHOLDER,
            None,
            "这是“暂无统一社会信用代码”的占位代码，请填写该单位的真实代码。",
        )
    if len(code) != LENGTH:
        return _length_fault(code)
    if is_id_number(code):
        return (
            Reason.IS_ID_NUMBER,
            None,
            "这是居民身份证号码，不是统一社会信用代码，不得公示。请改填营业执照上的 18 位代码。",
        )
    if code == "0" * LENGTH:
        return (
            Reason.CATEGORY,
            1,
            "第 1—2 位“00”不是登记管理部门和机构类别，请按营业执照填写真实代码。",
        )
    return _character_fault(code) or _checksum_fault(code) or _NO_FAULT


def _length_fault(code: str) -> tuple[Reason, int | None, str]:
    if not code:
        return Reason.LENGTH, 1, "没有填写统一社会信用代码，请按营业执照填写 18 位代码。"
    hint = ""
    if len(code) == 15 and code.isdigit():
        hint = "15 位数字是原工商注册号，不能代替统一社会信用代码。"
    elif len(code) == 9:
        hint = "9 位代码是组织机构代码，不能代替统一社会信用代码。"
    count = len(code)
    wrong = f"少 {LENGTH - count} 位" if count < LENGTH else f"多 {count - LENGTH} 位"
    where = min(count, LENGTH) + 1
    sentence = f"统一社会信用代码应为 18 位，现为 {count} 位，{wrong}。{hint}请按营业执照核对。"
    return Reason.LENGTH, where, sentence


def _character_fault(code: str) -> tuple[Reason, int | None, str] | None:
    for position, character in enumerate(code, start=1):
        in_region = 3 <= position <= 8
        if character in ("0123456789" if in_region else VALUES):
            continue
        if character in LOOKALIKES:
            why = f"代码不使用字母 I、O、S、V、Z，可能是{LOOKALIKES[character]}"
        elif in_region:
            why = "第 3—8 位是登记机关行政区划码，只能是数字"
        else:
            why = "代码只含数字和大写字母"
        sentence = f"第 {position} 位“{character}”不是此处可用的字符：{why}。请按营业执照核对。"
        return Reason.CHARSET, position, sentence
    return None


def _checksum_fault(code: str) -> tuple[Reason, int | None, str] | None:
    expected = check_character(code[:17])
    if expected == code[17]:
        return None
    if code.isdigit() and code.endswith("000"):
        return Reason.SCIENTIFIC, 16, _SCIENTIFIC
    sentence = (
        f"第 18 位校验码不符：按前 17 位应为“{expected}”，现为“{code[17]}”。"
        "代码中至少有一位写错或相邻两位颠倒，请按营业执照逐位核对。"
    )
    return Reason.CHECKSUM, LENGTH, sentence


def _cleaning_notes(text: str) -> tuple[str, ...]:
    """What `normalise_code` had to change, for the report. Blanks at the ends are not worth a word."""
    half = unicodedata.normalize("NFKC", text).strip()
    notes = []
    if half != half.upper():
        notes.append(Note.LOWERCASE)
    if any("\uff01" <= character <= "\uff5e" for character in text):
        notes.append(Note.FULLWIDTH)
    if FILLERS.search(half):
        notes.append(Note.SPACES)
    return tuple(notes)


def _remarks(code: str) -> tuple[str, ...]:
    notes = []
    if code[:2] not in CODE_KINDS:
        notes.append(Note.UNKNOWN_CATEGORY)
    if not _organisation_code_sums_up(code):
        notes.append(Note.ORGANISATION_CODE)
    return tuple(notes)
