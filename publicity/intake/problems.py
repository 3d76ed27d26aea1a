"""The named rules: severity and sentence of everything that can be wrong with a row, and of every cleaning.

Each sentence says where, what, and what to do. `column` is the heading as it stands in the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class Severity(StrEnum):
    """REJECT: the row cannot go in. CONFIRM: a person has to stand by it. WARN: the verdict stays."""

    REJECT = "reject"
    CONFIRM = "confirm"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule; its check stands in `rules` (rows) or `cleaning` (single cells)."""

    code: str
    severity: Severity
    sentence: str


class Finding(TypedDict):
    """A problem or a cleaning note of one cell, as stored with the row."""

    code: str
    severity: str
    field: str
    column: str
    sentence: str


REJECT, CONFIRM, WARN = Severity.REJECT, Severity.CONFIRM, Severity.WARN
GUARD = "“{column}”：{why}"  # the subject guard brings its own sentence

RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        # The code of the subject or of an authority
        Rule("uscc_length", REJECT, GUARD),
        Rule("uscc_charset", REJECT, GUARD),
        Rule("uscc_checksum", REJECT, GUARD),
        Rule("uscc_scientific", REJECT, GUARD),
        Rule("uscc_is_id_number", REJECT, GUARD),
        Rule("uscc_placeholder", REJECT, GUARD),
        Rule("uscc_category", REJECT, GUARD),
        Rule("organisation_code", WARN, "“{column}”第 9—17 位组织机构代码的校验码不符，请留意核对。"),
        Rule("unknown_category", WARN, "“{column}”第 1—2 位不在已知的机构类别表中，请留意核对。"),
        # The subject
        Rule("name_code_mismatch", REJECT,
             "“{column}”填的是“{name}”，与代码 {code} 登记的“{registered}”不一致。请核对名称和代码。"),
        Rule("unknown_subject", REJECT,
             "代码 {code} 不在市场主体名录中。请核对代码；代码无误的，请联系系统管理员更新名录。"),
        Rule("category_mismatch", REJECT, "“{column}”填的是“{category}”，{why}"),
        Rule("category_unreadable", REJECT,
             "“{column}”填的是“{value}”，应为法人及非法人组织、自然人、个体工商户之一。请改填。"),
        Rule("name_unusable", REJECT, "“{column}”填的是“{name}”，{why}请填写完整的登记名称或姓名。"),
        Rule("id_number_invalid", REJECT, "“{column}”不是有效的身份证号码，请与证件核对。"),
        # Whatever must be there
        Rule("missing_required", REJECT, "“{column}”没有填写{why}，请补填。"),
        Rule("fine_without_amount", REJECT,
             "“{category_column}”含罚款，但“{column}”没有填写大于 0 的金额。请按决定书填写，单位为万元。"),
        Rule("other_without_text", REJECT, "“{column}”填“其他”时必须写明具体内容，如“其他-责令限期改正”。"),
        Rule("cell_error", REJECT, "“{column}”的公式计算出错（{value}）。请改填实际内容。"),
        Rule("too_long", REJECT, "“{column}”有 {length} 个字符，最多 {limit} 个。请精简。"),
        Rule("digits_lost", REJECT,
             "“{column}”已被电子表格转成数字（{value}），末尾几位已经丢失。请把该列设为“文本”格式后重新填写。"),
        Rule("status_unknown", REJECT, "“{column}”填的是“{value}”，应为 1（有效）或 2（无效）。请改填。"),
        # Dates
        Rule("date_unreadable", REJECT, "“{column}”填的是“{value}”，{why}请按 2026-10-09 的格式填写。"),
        Rule("date_in_future", REJECT, "“{column}”是 {date}，晚于今天（{today}）。请按决定书核对。"),
        Rule("period_reversed", REJECT, "“{column}”是 {date}，早于“{other_column}”{other_date}。请核对这两个日期。"),
        Rule("date_unusual", WARN, "“{column}”是 {date}，{why}请留意核对。"),
        # Amounts
        Rule("amount_unreadable", REJECT, "“{column}”填的是“{value}”，{why}。请只填数字，单位为万元，如 3.2。"),
        Rule("amount_negative", REJECT, "“{column}”是 {value}，金额不能是负数。请核对。"),
        Rule("amount_too_large", REJECT, "“{column}”是 {value} 万元，超出可填的范围，可能误以元为单位。请换算成万元。"),
        Rule("amount_suspect_yuan", CONFIRM, "“{column}”是 {value} 万元，可能误以元为单位。请核对；无误的请勾选确认。"),
        Rule("amount_without_fine", WARN, "填写了“{column}”，但“{category_column}”中没有罚款或没收。请留意核对。"),
        Rule("fine_differs_from_text", CONFIRM,
             "“{column}”是 {value} 万元，“{other_column}”中写的是 {written} 万元。请与决定书核对；无误的请勾选确认。"),
        # The organs
        Rule("unknown_authority", REJECT, "“{column}”填的是“{value}”，{why}"),
        Rule("authority_not_yours", REJECT, "“{column}”是“{value}”，不在您可填报的单位之内。请由该单位自行填报。"),
        # The text
        Rule("id_number_in_text", REJECT, "“{column}”中有居民身份证号码（{masked}），不得公示。请删去号码。"),
        Rule("personal_number_in_text", CONFIRM,
             "“{column}”中的“{masked}”像是身份证号码或手机号码。个人信息不得公示，请删去；确非个人信息的，请确认。"),
        Rule("document_number_pattern", WARN,
             "“{column}”不是“机关代字〔年份〕序号”的样式，如（淮）应急罚〔2026〕1号。"),
        Rule("document_number_brackets", WARN,
             "“{column}”的括号有误：年份应写在六角括号〔〕内，其他括号应成对，如（淮）应急罚〔2026〕1号。请留意核对。"),
        Rule("category_not_listed", WARN, "“{column}”中的“{value}”不在国家目录中，请留意核对。"),
        Rule("not_for_credit_site", WARN, "仅有警告、通报批评的处罚，一般不在信用网站公示。"),
        # The number of another decision
        Rule("number_used", CONFIRM,
             "“{column}”已用于同一行政相对人、同一机关的另一条信息，其决定日期是 {date}（{state}）。"
             "请核对文号和日期；确属两份决定的，请勾选确认。"),
        Rule("number_used_before", WARN,
             "系统中同一行政相对人、同一机关已有这个文号的信息，决定日期是 {date}。请留意核对文号和日期。"),
        Rule("number_twice", WARN,
             "与第 {first} 行的文号、相对人、机关相同，决定日期不同（{date}）。请留意核对文号和日期。"),
        # The file and the clock
        Rule("duplicate_in_file", REJECT,
             "与第 {first} 行重复（文号、相对人、决定日期、机关都相同）。请删去其中一行，或更正文号。"),
        Rule("late", WARN, "最迟公示日是 {deadline}，已经超过，须说明迟报原因。"),
        Rule("late_reason_missing", REJECT, "“{column}”没有填写：已过最迟公示日的，须说明原因。"),
    )
}  # fmt: skip

NOTES: dict[str, str] = {
    "lowercase_code": "“{column}”中的小写字母已改为大写：{after}。",
    "fullwidth_code": "“{column}”中的全角字符已改为半角：{after}。",
    "fullwidth_amount": "“{column}”中的全角字符已改为半角：{after}。",
    "spaces": "“{column}”中多余的空格已去除。",
    "newline_in_name": "“{column}”中的换行已去除：{after}。",
    "newline": "“{column}”中的换行已改为空格。",
    "known_code": "“{column}”校验不符，但已由登记机关确认，可以使用。",
    "nothing_emptied": "“{column}”填的是“{value}”，按空白处理。",
    "number_brackets": "“{column}”：括号已规范为 {after}。",
    "wording": "“{column}”由“{before}”规范为“{after}”。",
    "formula_without_value": "“{column}”是没有计算结果的公式，按空白处理。",
    "date_text_compact": "“{column}”由“{before}”读作 {after}。",
    "date_text_chinese": "“{column}”由“{before}”读作 {after}。",
    "date_text": "“{column}”由“{before}”读作 {after}。",
    "date_serial": "“{column}”由数字 {before} 读作 {after}。",
    "date_time_dropped": "“{column}”中的钟点已去除，读作 {after}。",
    "date_long_term": "“{column}”由“{before}”读作长期（2099-12-31）。",
    "amount_with_unit": "“{column}”由“{before}”读作 {after}。",
    "amount_grouped": "“{column}”由“{before}”读作 {after}。",
    "amount_rounded": "“{column}”由 {before} 保留六位小数为 {after}。",
}

ORDER = {REJECT: 0, CONFIRM: 1, WARN: 2}


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """What keeps a row out before what is only worth a look; else in the order found."""
    return sorted(found, key=lambda one: ORDER[Severity(one.get("severity", REJECT))])


def problem(code: str, field: str, column: str, /, **facts: str) -> Finding:
    rule = RULES[code]
    sentence = rule.sentence.format(column=column, **facts)
    return {
        "code": code,
        "severity": rule.severity.value,
        "field": field,
        "column": column,
        "sentence": sentence,
    }


def cleaning_note(code: str, field: str, column: str, /, **facts: str) -> Finding:
    sentence = NOTES[code].format(column=column, **facts)
    return {
        "code": code,
        "severity": "note",
        "field": field,
        "column": column,
        "sentence": sentence,
    }


def verdict(problems: Iterable[Finding]) -> str:
    """The worst severity decides; warnings never do."""
    severities = {found["severity"] for found in problems}
    if "reject" in severities:
        return "reject"
    return "confirm" if "confirm" in severities else "accept"


def reasons(problems: Iterable[Finding]) -> list[str]:
    """Codes of the problems that decided, each once, in the order found."""
    return list(dict.fromkeys(found["code"] for found in problems if found["severity"] != "warn"))
