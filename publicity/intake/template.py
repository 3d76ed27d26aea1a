"""The official template of one kind: notes first, a title, the header in row 3, lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..fields import (
    PARTY_CATEGORIES,
    PENALTY_CATEGORIES,
    PERMIT_CATEGORIES,
    PERMIT_STATUSES,
    Field,
    FieldKind,
    Need,
    fields_for,
)

TITLES = {"penalty": "安全生产行政处罚信息公示表", "permit": "安全生产行政许可信息公示表"}
NOTES_SHEET, DATA_SHEET, LISTS_SHEET = "填表说明", "数据", "字典"
HEADER_ROW, ROWS = 3, 2_000
CARDS = (
    "身份证",
    "护照号",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    "外国人永久居留身份证",
)
NEED_WORDS = {Need.REQUIRED: "必填", Need.CONDITIONAL: "按条件必填", Need.OPTIONAL: "选填"}
CONDITIONS = {
    "party_code": "法人及非法人组织、个体工商户必填；自然人不填",
    "legal_representative": "法人及非法人组织、个体工商户必填",
    "person_id_type": "自然人必填，不公示",
    "person_id_number": "自然人必填，不公示",
    "fine_amount": "处罚类别含罚款时必填，单位为万元，最多六位小数",
    "confiscated_amount": "处罚类别含没收时必填，单位为万元，最多六位小数",
    "licence_note": "处罚类别含暂扣或吊销时必填",
}
EXAMPLES = {
    "party_name": "淮南市某某化工有限公司",
    "party_category": "法人及非法人组织",
    "party_code": "91340400150230004B",
    "document_number": "（淮）应急罚〔2026〕1号",
    "penalty_category": "罚款；没收违法所得。填“其他”的须写明内容，如“其他-责令限期改正”",
    "permit_category": "普通、特许、认可、核准、登记；填“其他”的须写明内容",
    "fine_amount": "3.2",
    "decided_on": "2026/10/09",
    "valid_until": "2099/12/31 表示长期",
    "valid_to": "2099/12/31 表示长期",
    "permit_status": "1 有效，2 无效",
}
TEXT_FORMAT, DATE_FORMAT, AMOUNT_FORMAT = "@", "yyyy/mm/dd", "0.######"
FORMATS = {FieldKind.DATE: DATE_FORMAT, FieldKind.AMOUNT: AMOUNT_FORMAT}
HEADER_FILL = PatternFill("solid", fgColor="DDEBF7")
NOTES = (
    "一、本表由行政机关填报；带“*”为必填项，“按条件必填”见下表。列的顺序可以调整，请勿改动表头文字。",
    "二、日期格式为 YYYY/MM/DD；长期有效填 2099/12/31。",
    "三、金额单位为万元，最多保留六位小数。",
    "四、代码、文号、证件号码各列已设为“文本”格式，请勿改为数字，否则末尾几位会丢失。",
    "五、证件号码只用于核验，不公示；违法事实、处罚内容、备注等各列不得出现居民身份证号码。",
)


def official_template(kind: str, authorities: Sequence[str]) -> bytes:
    """The workbook as bytes; `authorities` are the names to choose the deciding organ from."""
    book = Workbook()
    notes = book.active
    assert isinstance(notes, Worksheet)  # noqa: S101 - a new workbook has one
    _write_notes(notes, kind)
    data = book.create_sheet(DATA_SHEET)
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    _write_header(data, kind)
    choices = _choices(kind, authorities)
    for position, field in enumerate(fields_for(kind), start=2):
        _dress_column(data, position, field)
        if choices.get(field.name):
            _add_list(data, lists, position, choices[field.name])
    book.active = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _write_notes(sheet: Worksheet, kind: str) -> None:
    sheet.title = NOTES_SHEET
    for text in NOTES:
        sheet.append([text])
    sheet.append([])
    sheet.append(["字段", "是否必填", "最大长度", "说明", "示例"])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for field in fields_for(kind):
        length = "" if field.kind in FORMATS else field.max_length
        sheet.append(
            [field.code, f"{field.label}：{NEED_WORDS[field.need]}", length,
             CONDITIONS.get(field.name, ""), EXAMPLES.get(field.name, "")]
        )  # fmt: skip
    for letter, width in zip("ABCDE", (18, 58, 10, 52, 44), strict=True):
        sheet.column_dimensions[letter].width = width


def _write_header(sheet: Worksheet, kind: str) -> None:
    sheet["A1"] = TITLES[kind]
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.merge_cells("A1:H1")
    sheet["A2"], sheet["D2"] = "填报单位：", "填报日期："
    headings = [
        "序号",
        *(f"*{row.label}" if row.required else row.label for row in fields_for(kind)),
    ]
    for position, heading in enumerate(headings, start=1):
        cell = sheet.cell(HEADER_ROW, position, heading)
        cell.font = Font(bold=True)
        cell.fill = HEADER_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet.row_dimensions[HEADER_ROW].height = 48
    sheet.freeze_panes = "C4"


def _dress_column(sheet: Worksheet, position: int, field: Field) -> None:
    """Column-wide formats, so that the file stays small however many rows get filled in."""
    dimension = sheet.column_dimensions[get_column_letter(position)]
    dimension.number_format = FORMATS.get(field.kind, TEXT_FORMAT)
    dimension.width = 40 if field.kind is FieldKind.TEXT else 22


def _choices(kind: str, authorities: Iterable[str]) -> dict[str, tuple[str, ...]]:
    organs = tuple(authorities)
    return {
        "party_category": PARTY_CATEGORIES,
        "representative_id_type": CARDS,
        "person_id_type": CARDS,
        "penalty_category": PENALTY_CATEGORIES,
        "permit_category": PERMIT_CATEGORIES,
        "permit_status": tuple(PERMIT_STATUSES),
        "authority_name": organs,
        "source_name": organs,
    }


def _add_list(data: Worksheet, lists: Worksheet, position: int, choices: Sequence[str]) -> None:
    """Only a help: other values stay possible, since several categories may be joined."""
    letter = get_column_letter(position)
    for row, choice in enumerate(choices, start=1):
        lists[f"{letter}{row}"] = choice
    area = f"{quote_sheetname(LISTS_SHEET)}!${letter}$1:${letter}${len(choices)}"
    validation = DataValidation("list", formula1=area, allow_blank=True, showErrorMessage=False)
    validation.add(f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + ROWS}")
    data.add_data_validation(validation)
