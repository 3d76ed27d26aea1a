"""The national field tables of the two publicities, as data: one row per field, in national order.

The tables came with 发改办财金〔2018〕424号; 行政相对人类别 and the ID types were added in practice since. Import,
official template, exchange payload and public snapshot all read these rows, so that a field has one name, one
heading and one answer to "may the public see it".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

DecisionKind = Literal["penalty", "permit"]


NUMBERED = re.compile(r".+_\d\((.+)\)")
# The national table says of two headings only in a note whose they are; beside those of the 法定代表人 one must know.
WHOSE = {"证件类型": "自然人证件类型", "证件号码": "自然人证件号码"}


class FieldKind(StrEnum):
    """How a cell of the column is read."""

    NAME = "name"  # one line, no inner blanks
    LINE = "line"  # one line
    TEXT = "text"  # may keep its line breaks
    CODE = "code"  # unified social credit code
    NUMBER = "number"  # another registration number, kept as text
    DATE = "date"
    AMOUNT = "amount"  # 万元
    PARTY = "party"  # 行政相对人类别
    STATUS = "status"  # 当前状态


class Need(StrEnum):
    """Whether the field must be filled in. A conditional field has a rule in `intake.rules`."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: national code, model field, canonical heading, and what else it has been called."""

    code: str
    name: str
    label: str
    kind: FieldKind
    need: Need
    max_length: int
    aliases: tuple[str, ...] = ()
    public: bool = True

    @property
    def required(self) -> bool:
        return self.need is Need.REQUIRED

    @property
    def plain(self) -> str:
        return plain_label(self.label)

    @property
    def choices(self) -> tuple[str, ...]:
        """The closed list of values, where the national table has one."""
        return CHOICES.get(self.kind, ())


def plain_label(label: str) -> str:
    """The heading as people say it: 行政相对人代码_1(统一社会信用代码) → 统一社会信用代码."""
    match = NUMBERED.fullmatch(label)
    return match[1] if match else WHOSE.get(label, label)


NAME, LINE, TEXT, CODE, NUMBER, DATE, AMOUNT = (
    FieldKind.NAME,
    FieldKind.LINE,
    FieldKind.TEXT,
    FieldKind.CODE,
    FieldKind.NUMBER,
    FieldKind.DATE,
    FieldKind.AMOUNT,
)
R, C, O = Need.REQUIRED, Need.CONDITIONAL, Need.OPTIONAL  # noqa: E741 - as in the national table


def _subject(prefix: str) -> tuple[Field, ...]:
    """The thirteen fields about the subject, the same in both tables but for the prefix."""

    def field(
        tail: str,
        name: str,
        label: str,
        kind: FieldKind,
        need: Need,
        length: int,
        *aliases: str,
        public: bool = True,
    ) -> Field:
        codes = tuple(f"{prefix}_{alias}" if alias.isascii() else alias for alias in aliases)
        return Field(f"{prefix}_{tail}", name, label, kind, need, length, codes, public)

    party = "行政相对人"
    return (
        field("XDR_MC", "party_name", f"{party}名称", NAME, R, 200,
              "行政相对人", "相对人名称", "当事人名称", "企业名称", "单位名称"),
        field("XDR_LB", "party_category", f"{party}类别", FieldKind.PARTY, R, 16,
              "XDR_TYPE", "相对人类别", "行政相对人类型"),
        field("XDR_SHXYM", "party_code", f"{party}代码_1(统一社会信用代码)", CODE, C, 18,
              f"{party}代码_1", "统一社会信用代码", f"{party}统一社会信用代码", "社会信用代码"),
        field("XDR_GSZC", "registration_number", f"{party}代码_2(工商注册号)", NUMBER, O, 50,
              "XDR_GSDJ", f"{party}代码_2", "工商注册号", "工商登记码"),
        field("XDR_ZZJG", "organisation_code", f"{party}代码_3(组织机构代码)", NUMBER, O, 10,
              "XDR_ZDM", f"{party}代码_3", "组织机构代码"),
        field("XDR_SWDJ", "tax_number", f"{party}代码_4(税务登记号)", NUMBER, O, 20,
              f"{party}代码_4", "税务登记号"),
        field("XDR_SYDW", "institution_number", f"{party}代码_5(事业单位证书号)", NUMBER, O, 20,
              f"{party}代码_5", "事业单位证书号"),
        field("XDR_SHZZ", "society_number", f"{party}代码_6(社会组织登记证号)", NUMBER, O, 50,
              f"{party}代码_6", "社会组织登记证号"),
        field("FRDB", "legal_representative", "法定代表人", NAME, C, 50,
              "FR", "FDDB", "法定代表人姓名", "法定代表人（负责人）", "法人代表", "负责人"),
        field("FR_ZJLX", "representative_id_type", "法定代表人证件类型", LINE, O, 64,
              public=False),
        field("FR_ZJHM", "representative_id_number", "法定代表人证件号码", NUMBER, O, 64,
              "FR_SFZH", "法定代表人身份证号", "法定代表人身份证号码", public=False),
        field("XDR_ZJLX", "person_id_type", "证件类型", LINE, C, 64,
              "自然人证件类型", public=False),
        field("XDR_ZJHM", "person_id_number", "证件号码", NUMBER, C, 64,
              "XDR_SFZ", f"{party}代码_5(居民身份证号)", "居民身份证号", "身份证号", "自然人证件号码",
              public=False),
    )  # fmt: skip


PENALTY_FIELDS: tuple[Field, ...] = (
    *_subject("CF"),
    Field("CF_WSH", "document_number", "行政处罚决定书文号", LINE, R, 128,
          ("决定书文号", "处罚决定书文号", "文书号", "处罚文号", "行政处罚决定文书号")),
    Field("CF_WFXW", "violation_type", "违法行为类型", LINE, R, 2000, ("CF_CFMC", "处罚名称", "违法行为")),
    Field("CF_SY", "facts", "违法事实", TEXT, R, 5000, ("处罚事由", "主要违法事实")),
    Field("CF_YJ", "legal_basis", "处罚依据", TEXT, R, 2048, ("行政处罚依据",)),
    Field("CF_CFLB", "penalty_category", "处罚类别", LINE, R, 256, ("CF_CFLB1", "处罚种类", "处罚类别1")),
    Field("CF_NR", "penalty_content", "处罚内容", TEXT, R, 4000, ("CF_JG", "处罚结果", "行政处罚内容")),
    Field("CF_NR_FK", "fine_amount", "罚款金额（万元）", AMOUNT, C, 14, ("罚款", "处罚金额")),
    Field("CF_NR_WFFF", "confiscated_amount", "没收违法所得、没收非法财物的金额（万元）", AMOUNT, C, 14,
          ("没收金额", "没收违法所得金额", "没收违法所得、没收非法财物")),
    Field("CF_NR_ZKDX", "licence_note", "暂扣或吊销证照名称及编号", LINE, C, 200, ("暂扣或者吊销证照名称及编号",)),
    Field("CF_JDRQ", "decided_on", "处罚决定日期", DATE, R, 10, ("决定日期", "行政处罚决定日期", "作出处罚决定日期")),
    Field("CF_YXQ", "valid_until", "处罚有效期", DATE, R, 10, ("CF_QX", "处罚期限", "处罚有效期至")),
    Field("CF_GSJZQ", "publicity_until", "公示截止期", DATE, O, 10, ("公示期限", "公示截止日期")),
    Field("CF_CFJG", "authority_name", "处罚机关", NAME, R, 200, ("CF_XZJG", "处罚机关名称", "行政处罚机关")),
    Field("CF_CFJGDM", "authority_code", "处罚机关统一社会信用代码", CODE, R, 18, ("处罚机关代码",)),
    Field("CF_SJLY", "source_name", "数据来源单位", NAME, R, 200, ("CF_LYDW", "数据来源")),
    Field("CF_SJLYDM", "source_code", "数据来源单位统一社会信用代码", CODE, R, 18, ("CF_LYDWDM", "数据来源单位代码")),
    Field("BZ", "remarks", "备注", TEXT, O, 512, ("CF_BZ",)),
)  # fmt: skip

PERMIT_FIELDS: tuple[Field, ...] = (
    *_subject("XK"),
    Field("XK_XKWS", "document_title", "行政许可决定文书名称", LINE, R, 200,
          ("XK_XMMC", "项目名称", "许可决定文书名称")),
    Field("XK_WSH", "document_number", "行政许可决定文书号", LINE, R, 128,
          ("决定书文号", "文书号", "许可决定文书号", "行政许可决定书文号")),
    Field("XK_XKLB", "permit_category", "许可类别", LINE, R, 256, ("XK_SPLB", "审批类别")),
    Field("XK_XKZS", "certificate_name", "许可证书名称", LINE, O, 64),
    Field("XK_XKBH", "certificate_number", "许可编号", NUMBER, O, 64, ("许可证编号", "许可证书编号")),
    Field("XK_NR", "content", "许可内容", TEXT, R, 4000),
    Field("XK_JDRQ", "decided_on", "许可决定日期", DATE, R, 10, ("决定日期", "行政许可决定日期")),
    Field("XK_YXQZ", "valid_from", "有效期自", DATE, R, 10, ("许可有效期自", "有效期起")),
    Field("XK_YXQZI", "valid_to", "有效期至", DATE, R, 10, ("XK_JZQ", "许可截止期", "许可有效期至", "有效期止")),
    Field("XK_XKJG", "authority_name", "许可机关", NAME, R, 200, ("XK_XZJG", "许可机关名称", "行政许可机关")),
    Field("XK_XKJGDM", "authority_code", "许可机关统一社会信用代码", CODE, R, 18, ("许可机关代码",)),
    Field("XK_ZT", "permit_status", "当前状态", FieldKind.STATUS, R, 1, ("状态", "许可状态")),
    Field("XK_LYDW", "source_name", "数据来源单位", NAME, R, 200, ("XK_SJLY", "数据来源")),
    Field("XK_LYDWDM", "source_code", "数据来源单位统一社会信用代码", CODE, R, 18, ("XK_SJLYDM", "数据来源单位代码")),
    Field("BZ", "remarks", "备注", TEXT, O, 512, ("XK_BZ",)),
)  # fmt: skip

SUBJECT_FIELDS = frozenset(field.name for field in _subject("CF"))

PARTY_CATEGORIES = ("法人及非法人组织", "自然人", "个体工商户")
PENALTY_CATEGORIES = (
    "警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级", "吊销许可证件",
    "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留", "其他",
)  # fmt: skip
PERMIT_CATEGORIES = ("普通", "特许", "认可", "核准", "登记", "其他")
PERMIT_STATUSES = {"1": "有效", "2": "无效"}
CHOICES = {FieldKind.PARTY: PARTY_CATEGORIES, FieldKind.STATUS: tuple(PERMIT_STATUSES)}

_TABLES: dict[str, tuple[Field, ...]] = {"penalty": PENALTY_FIELDS, "permit": PERMIT_FIELDS}

SERIAL_HEADINGS = ("序号", "编号", "No.", "行号")
# Words that stand in brackets behind a heading and say nothing about which field it is.
_REMARKS = re.compile(
    r"\((?:单位:?)?(?:必填|选填|条件必填|可选|万元|人民币万元|文本|日期|yyyy/mm/dd)\)"
)
_NOISE = re.compile(r"[\s*_\-()\[\]:;,.、。·〔〕【】\u200b-\u200f\ufeff]+")


def fields_for(kind: str) -> tuple[Field, ...]:
    """The fields of one table in national order; `kind` is "penalty" or "permit"."""
    return _TABLES[kind]


def public_fields(kind: str) -> tuple[Field, ...]:
    """What the public may see. ID numbers and ID types are never among them."""
    return tuple(field for field in fields_for(kind) if field.public)


@lru_cache(maxsize=1024)
def heading_key(text: str) -> str:
    """Two headings that mean the same have the same key: width, case, blanks, stars, brackets, unit."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _NOISE.sub("", _REMARKS.sub("", re.sub(r"\s+", "", plain)))


@lru_cache(maxsize=2)
def headings(kind: str) -> dict[str, Field]:
    """Every key under which a column of this table is known."""
    found: dict[str, Field] = {}
    for field in fields_for(kind):
        for text in _names(field):
            found.setdefault(heading_key(text), field)
    return found


def _names(field: Field) -> Iterable[str]:
    yield field.label
    yield field.code
    yield from field.aliases
    if field.kind is FieldKind.AMOUNT:
        yield field.label.replace("（万元）", "")
        yield field.label.replace("（万元）", "万元")


def apart_from(amounts: Iterable[str], categories: Iterable[str]) -> list[str]:
    """The categories that no amount names already: before 罚款 3.2 万元 nobody has to say 罚款."""
    named = {text.split(" ", 1)[0] for text in amounts}
    return [category for category in categories if category not in named]


def is_serial_heading(text: str) -> bool:
    return heading_key(text) in {heading_key(heading) for heading in SERIAL_HEADINGS}


def amount_in_yuan(kind: str, text: str) -> Field | None:
    """The amount field that this heading gives in 元 instead of 万元, so that nobody imports it by mistake."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = re.fullmatch(r"(.+?)\((?:单位:?)?(?:人民币)?元\)\*?|(.+?)\*?元", plain)
    if match is None or plain.endswith("万元"):
        return None
    field = headings(kind).get(heading_key(match[1] or match[2]))
    return field if field is not None and field.kind is FieldKind.AMOUNT else None
