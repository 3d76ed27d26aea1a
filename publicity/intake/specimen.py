"""Workbooks like those that departments really send, with their soil, for demonstrations and tests.

Each kind of soil changes one row and says what the check must answer, so that a specimen comes with its verdicts.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ..fields import Field, fields_for
from .template import DATA_SHEET, DATE_FORMAT, NOTES, NOTES_SHEET, TITLES

FOREVER = dt.date(2099, 12, 31)
SERIAL_ZERO = dt.date(1899, 12, 30)
VIOLATIONS = (
    ("未对从业人员进行安全生产教育和培训", "第九十七条第三项"),
    ("未如实记录安全生产教育和培训情况", "第九十七条第四项"),
    ("特种作业人员未按规定经专门培训取得相应资格上岗作业", "第九十七条第七项"),
    ("未在有较大危险因素的场所设置明显的安全警示标志", "第九十九条第一项"),
    ("未建立安全风险分级管控制度", "第一百零一条第四项"),
    ("未采取措施消除事故隐患", "第一百零二条"),
)
CERTIFICATES = ("安全生产许可证", "危险化学品经营许可证", "烟花爆竹经营（零售）许可证")
PERMIT_KINDS = ("普通", "核准", "登记")


@dataclass(frozen=True, slots=True)
class Firm:
    code: str
    name: str
    head: str


@dataclass(frozen=True, slots=True)
class Organ:
    code: str
    name: str
    mark: str


@dataclass(slots=True)
class Line:
    """One row and what the check must say about it."""

    serial: int
    day: dt.date
    values: dict[str, Any]
    verdict: str = "accept"
    why: list[str] = field(default_factory=list)
    normalise: str | None = None


Soil = Callable[[Line, random.Random, "Specimen"], None]


@dataclass(slots=True)
class Specimen:
    """What a workbook is made of."""

    kind: str
    firms: Sequence[Firm]
    organs: Sequence[Organ]
    as_of: dt.date
    rows: int = 1_000
    seed: int = 20261102

    def lines(self) -> list[Line]:
        """The rows, most of them clean."""
        chance = random.Random(self.seed)  # noqa: S311 - the same workbook every time
        make = penalty if self.kind == "penalty" else permit
        lines = [make(self, serial, chance) for serial in range(1, self.rows + 1)]
        if self.kind == "penalty":
            self._soil(lines, chance)
        return lines

    def _soil(self, lines: list[Line], chance: random.Random) -> None:
        """The first rows stay clean, so that a duplicate has something to repeat."""
        places = list(range(self.rows // 10, self.rows))
        chance.shuffle(places)
        for soil, per_thousand in SOILS:
            for _ in range(round(per_thousand * self.rows / 1000)):
                soil(lines[places.pop()], chance, self)
        for _ in range(round(2 * self.rows / 1000)):
            line = lines[places.pop()]
            first = lines[chance.randrange(self.rows // 10)]
            line.values = dict(first.values)
            line.verdict, line.why = "reject", ["duplicate_in_file"]


def _subject(specimen: Specimen, chance: random.Random) -> tuple[Firm, Organ, dict[str, Any]]:
    firm, organ = chance.choice(specimen.firms), chance.choice(specimen.organs)
    sole = firm.code.startswith("92")
    return firm, organ, {
        "party_name": firm.name,
        "party_category": "个体工商户" if sole else "法人及非法人组织",
        "party_code": firm.code,
        "organisation_code": firm.code[8:17],
        "legal_representative": firm.head,
        "authority_name": organ.name,
        "authority_code": organ.code,
        "source_name": organ.name,
        "source_code": organ.code,
    }  # fmt: skip


def _past_day(specimen: Specimen, chance: random.Random) -> dt.date:
    return specimen.as_of - dt.timedelta(days=chance.randint(4, 42))


def penalty(specimen: Specimen, serial: int, chance: random.Random) -> Line:
    firm, organ, values = _subject(specimen, chance)
    violation, article = chance.choice(VIOLATIONS)
    amount = chance.randint(100, 999) / 100
    day = _past_day(specimen, chance)
    values |= {
        "document_number": f"（{organ.mark}）应急罚〔{day.year}〕{serial}号",
        "violation_type": violation,
        "facts": f"{firm.name}{violation}，经现场检查、询问笔录等证据查实。",
        "legal_basis": f"《中华人民共和国安全生产法》{article}",
        "penalty_category": "罚款",
        "penalty_content": f"处罚款人民币{amount:g}万元",
        "fine_amount": amount,
        "decided_on": day,
        "valid_until": FOREVER,
    }
    return Line(serial, day, values)


def permit(specimen: Specimen, serial: int, chance: random.Random) -> Line:
    _, organ, values = _subject(specimen, chance)
    day = _past_day(specimen, chance)
    values |= {
        "document_title": "准予行政许可决定书",
        "document_number": f"{organ.mark}应急许准〔{day.year}〕{serial}号",
        "permit_category": chance.choice(PERMIT_KINDS),
        "certificate_name": chance.choice(CERTIFICATES),
        "certificate_number": f"皖D{chance.randint(0, 999_999):06d}",
        "content": "准予取得（延期）许可证，许可范围详见证书。",
        "decided_on": day,
        "valid_from": day,
        "valid_to": chance.choice((FOREVER, dt.date(day.year + 3, day.month, min(day.day, 28)))),
        "permit_status": 1,
    }
    return Line(serial, day, values)


def cleaned(code: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Soil:
    def soil(line: Line, chance: random.Random, specimen: Specimen) -> None:
        line.values |= change(line.values)
        line.normalise = code

    return soil


def wrong(
    code: str, change: Callable[[dict[str, Any], Specimen], dict[str, Any]], verdict: str = "reject"
) -> Soil:
    def soil(line: Line, chance: random.Random, specimen: Specimen) -> None:
        line.values |= change(line.values, specimen)
        line.verdict, line.why = verdict, [code]

    return soil


def in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def full_width(text: str) -> str:
    return text.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)})


def other_name(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    firm = next(firm for firm in specimen.firms if firm.name != values["party_name"])
    return {"party_name": firm.name}


def other_category(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    sole = values["party_category"] == "个体工商户"
    return {"party_category": "法人及非法人组织" if sole else "个体工商户"}


def broken_code(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    code = values["party_code"]
    return {"party_code": code[:17] + ("0" if code[17] != "0" else "1")}


def day_after(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    return {"decided_on": specimen.as_of + dt.timedelta(days=90)}


def month_before(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    return {"valid_until": values["decided_on"] - dt.timedelta(days=30)}


ID_NUMBER = "11010519491231002X"  # the example printed in the standard


def told_id_number(values: dict[str, Any], specimen: Specimen) -> dict[str, Any]:
    return {"facts": f"{values['facts']}当事人（身份证号{ID_NUMBER}）对上述事实无异议。"}


STRANGER = {"authority_name": "淮南市安检站", "authority_code": "12340400MAYL95K32H"}

SOILS: tuple[tuple[Soil, float], ...] = (
    (cleaned("date_text_compact", lambda row: {"decided_on": f"{row['decided_on']:%Y%m%d}"}), 9),
    (cleaned("lowercase_code", lambda row: {"party_code": row["party_code"].lower()}), 7),
    (cleaned("newline_in_name", lambda row: {"party_name": row["party_name"][:4] + "\n" + row["party_name"][4:]}), 7),
    (cleaned("date_serial", lambda row: {"decided_on": (row["decided_on"] - SERIAL_ZERO).days}), 7),
    (cleaned("date_text_chinese", lambda row: {"decided_on": in_words(row["decided_on"])}), 5),
    (cleaned("spaces", lambda row: {"party_code": f" {row['party_code'][:9]} {row['party_code'][9:]}"}), 3),
    (cleaned("fullwidth_code", lambda row: {"party_code": full_width(row["party_code"])}), 2),
    (wrong("uscc_checksum", broken_code), 3),
    (wrong("uscc_scientific", lambda row, _: {"party_code": 9.13404e17}), 3),
    (wrong("uscc_is_id_number", lambda row, _: {"party_code": ID_NUMBER}), 3),
    (wrong("name_code_mismatch", other_name), 3),
    (wrong("category_mismatch", other_category), 3),
    (wrong("missing_required", lambda row, _: {"legal_basis": None}), 3),
    (wrong("date_in_future", day_after), 3),
    (wrong("date_unreadable", lambda row, _: {"decided_on": "2026.13.45"}), 2),
    (wrong("period_reversed", month_before), 2),
    (wrong("fine_without_amount", lambda row, _: {"fine_amount": None}), 2),
    (wrong("amount_suspect_yuan", lambda row, _: {"fine_amount": row["fine_amount"] * 10_000}, "confirm"), 2),
    (wrong("other_without_text", lambda row, _: {"penalty_category": "其他"}), 2),
    (wrong("id_number_in_text", told_id_number), 2),
    (wrong("unknown_authority", lambda row, _: STRANGER), 2),
)  # fmt: skip


def write_specimen(specimen: Specimen, target: Path) -> list[Line]:
    """Notes first, a title, a filler row, the header in row 3, a hidden column, a signature line at the end."""
    lines = specimen.lines()
    fields = fields_for(specimen.kind)
    book = Workbook(write_only=True)
    notes = book.create_sheet(NOTES_SHEET)
    for text in NOTES[:3]:
        notes.append([text])
    sheet = book.create_sheet(DATA_SHEET)
    for number in range(1, len(fields) + 2):
        sheet.column_dimensions[_letter(number)].width = 18
    sheet.column_dimensions["E"].hidden = True
    sheet.merged_cells.add("A1:H1")
    for row in _top(sheet, specimen, fields):
        sheet.append(row)
    for line in lines:
        sheet.append(_cells(sheet, line, fields))
    for closing in ([], [], ["填表人：", None, None, "审核人："]):
        sheet.append(closing)
    book.save(target)
    return lines


def _top(sheet: Any, specimen: Specimen, fields: Sequence[Field]) -> Iterator[list[Any]]:
    month = f"{specimen.as_of.year}年{specimen.as_of.month}月"
    title = WriteOnlyCell(sheet, f"{TITLES[specimen.kind]}（{month}）")
    title.font = Font(bold=True, size=16)
    yield [title]
    filler: list[Any] = [f"填报单位：{specimen.organs[0].name}", None, None]
    yield [*filler, f"填报日期：{month}{specimen.as_of.day}日"]
    headings = [WriteOnlyCell(sheet, text) for text in ("序号", *(row.label for row in fields))]
    for heading in headings:
        heading.font = Font(bold=True)
    yield list(headings)


def _cells(sheet: Any, line: Line, fields: Sequence[Field]) -> list[Any]:
    cells: list[Any] = [line.serial]
    for row in fields:
        value = line.values.get(row.name)
        if isinstance(value, dt.date):
            cell = WriteOnlyCell(sheet, dt.datetime(value.year, value.month, value.day))  # noqa: DTZ001
            cell.number_format = DATE_FORMAT
            cells.append(cell)
        else:
            cells.append(value)
    return cells


def _letter(number: int) -> str:
    return chr(64 + number) if number <= 26 else f"A{chr(38 + number)}"
