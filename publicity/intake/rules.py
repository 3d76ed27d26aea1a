"""The checks of whole rows, as a table of named rules. Severities and sentences stand in `problems`.

A rule walks the columns of a block, not row by row: most rules find nothing in most blocks, and a pass over one or
two columns is cheap. Rules run in this order, so that one fault is not reported under several names: a cell that
was already blamed is not blamed again for what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from records.codes import find_id_numbers, find_personal_numbers, is_id_number

from ..fields import Field, FieldKind, fields_for
from .categories import understood
from .context import registered_names
from .money import Sum, half_width, sums_in
from .problems import Finding, problem
from .quantities import plain_decimal
from .rows import Memory, Rows

__all__ = ["ROW_RULES", "RowRule"]

PERSON, SOLE_TRADER, ORGANISATION = "自然人", "个体工商户", "法人及非法人组织"
LONG_AGO_YEARS = 2
# No number of a person (mobile, old or new ID) without eleven digits, of either width, parted at most by one
# character: a cheap look before the careful one.
DIGITS_ENOUGH = re.compile(r"\d(?:[ \-·.,、\u3000－．，]?\d){10}")
# The last words before a sum that is no fine; and fines of which the text does not say how many there are.
NO_FINE = re.compile(
    r"(?:没收|违法所得|非法所得|货值|价值|损失|加处|利润|[售营]额|价款|费用)(?!.*罚)[^。;]*$"
)
FINED_EACH = re.compile(r"[各每][^,。;]{0,8}罚")
TEN_THOUSAND = 10_000
SUMS_SAID = 3
DOCUMENT_NUMBER = re.compile(r".*\S.*〔\d{4}〕第?\d+号(?:之[一二三四五六七八九十\d]+)?")
PAIRED = re.compile(r"〔\d{4}〕|（[^（）〔〕]*）")
BRACKETS = re.compile(r"[（）()〔〕\[\]{}<>［］【】〖〗｛｝＜＞《》〈〉]")
BAD_NAME = re.compile(r"[\d\W_]+|测试.{0,4}|test.*|null|无名", re.IGNORECASE)
SPECIAL = re.compile(r"[<>{}\\|#$%^*=~@!?！？￥]")
CITIZEN_CARDS = ("", "身份证", "居民身份证", "01", "1")


Check = Callable[[Rows, Memory], None]


@dataclass(frozen=True, slots=True)
class RowRule:
    """A named check and the reason codes it can give; `kind` is empty when it holds for both tables."""

    name: str
    codes: tuple[str, ...]
    check: Check
    kind: str = ""


def required_fields(rows: Rows, memory: Memory) -> None:
    for row in fields_for(rows.kind):
        if row.required:
            for i in rows.empty(row.name):
                rows.report(i, "missing_required", row.name, why="")


def fields_of_subject(rows: Rows, memory: Memory) -> None:
    """Firms and sole traders have a code and a head; a person has an ID instead."""
    category = rows.columns["party_category"]
    for name in ("party_code", "legal_representative"):
        for i in rows.empty(name):
            if category[i] in (ORGANISATION, SOLE_TRADER):
                rows.report(i, "missing_required", name, why=f"（{category[i]}必填）")
    if PERSON in category:
        for name in ("person_id_type", "person_id_number"):
            for i in rows.empty(name):
                if category[i] == PERSON:
                    rows.report(i, "missing_required", name, why="（自然人必填）")


def category_fits_code(rows: Rows, memory: Memory) -> None:
    """92 codes are sole traders, all others are not, and a person has none."""
    category = rows.columns["party_category"]
    for i, code in enumerate(rows.columns["party_code"]):
        if not code or (i, "party_code") in rows.blamed:
            continue
        if category[i] == PERSON:
            why = "自然人不填统一社会信用代码。请核对类别，或删去代码。"
        elif (code[:2] == "92") == (category[i] == SOLE_TRADER) or (
            i,
            "party_category",
        ) in rows.blamed:
            continue
        elif code[:2] == "92":
            why = "但以 92 开头的代码是个体工商户。请核对类别和代码。"
        else:
            why = f"但个体工商户的代码以 92 开头，现为 {code[:2]}。请核对类别和代码。"
        rows.report(i, "category_mismatch", "party_category", category=category[i], why=why)


def subject_is_registered(rows: Rows, memory: Memory) -> None:
    """The code stands in the registry under this name, present or former."""
    codes, names = rows.columns["party_code"], rows.columns["party_name"]
    category = rows.columns["party_category"]
    memory.find_subjects({code for code in codes if code and code not in rows.refused_codes})
    mismatched: list[int] = []
    for i, code in enumerate(codes):
        if not code or code in rows.refused_codes or category[i] == PERSON:
            continue
        subject = memory.subjects[code]
        if subject is None:
            rows.report(i, "unknown_subject", "party_code", code=code)
        elif names[i] and memory.search_form(names[i]) not in subject.names:
            mismatched.append(i)
        else:
            rows.verified.add(i)
    if mismatched:
        known = registered_names({codes[i] for i in mismatched})
        for i in mismatched:
            facts = {"name": names[i], "code": codes[i], "registered": known[codes[i]]}
            rows.report(i, "name_code_mismatch", "party_name", **facts)


def name_is_a_name(rows: Rows, memory: Memory) -> None:
    """Where no registry vouches for the name, it must at least look like one."""
    category = rows.columns["party_category"]
    for i, name in rows.filled("party_name"):
        if i in rows.verified or (i, "party_name") in rows.blamed:
            continue
        if why := _why_no_name(name, least=2 if category[i] == PERSON else 4):
            rows.report(i, "name_unusable", "party_name", name=name, why=why)


def _why_no_name(name: str, least: int) -> str:
    if BAD_NAME.fullmatch(name):
        return "不是名称。"
    if SPECIAL.search(name):
        return "含有名称中不用的符号。"
    return f"少于 {least} 个字。" if len(name) < least else ""


def decision_is_past(rows: Rows, memory: Memory) -> None:
    today = memory.context.today
    long_ago = today.replace(year=today.year - LONG_AGO_YEARS, day=min(today.day, 28)).isoformat()
    limit = today.isoformat()
    for i, day in enumerate(rows.columns["decided_on"]):
        if day > limit:
            rows.report(i, "date_in_future", "decided_on", date=day, today=limit)
        elif day and day < long_ago:
            rows.report(i, "date_unusual", "decided_on", date=day, why="距今已超过两年。")


def periods_run_forward(rows: Rows, memory: Memory) -> None:
    pairs = (
        [("decided_on", "valid_until"), ("decided_on", "publicity_until")]
        if rows.kind == "penalty"
        else [("valid_from", "valid_to")]
    )
    for first, last in pairs:
        start = rows.columns[first]
        for i, day in rows.filled(last):
            if day < start[i]:
                rows.report(
                    i,
                    "period_reversed",
                    last,
                    date=day,
                    other_column=rows.title(first),
                    other_date=start[i],
                )


def permit_starts_after_decision(rows: Rows, memory: Memory) -> None:
    decided = rows.columns["decided_on"]
    for i, day in rows.filled("valid_from"):
        if day < decided[i]:
            rows.report(
                i, "date_unusual", "valid_from", date=day, why=f"早于许可决定日期 {decided[i]}。"
            )


def penalty_has_its_facts(rows: Rows, memory: Memory) -> None:
    """罚款 has an amount, 没收 too, and a licence taken away has a name."""
    fines, taken = rows.columns["fine_amount"], rows.columns["confiscated_amount"]
    licences = rows.columns["licence_note"]
    for i, text in enumerate(rows.columns["penalty_category"]):
        kinds = understood(text)
        if kinds.fine and fines[i] in ("", "0"):
            _amount_is_missing(rows, i, "fine_amount", "fine_without_amount")
        if kinds.confiscation and taken[i] in ("", "0"):
            _amount_is_missing(rows, i, "confiscated_amount", "missing_required")
        if kinds.licence and not licences[i] and (i, "licence_note") not in rows.blamed:
            rows.report(i, "missing_required", "licence_note", why="（处罚类别含暂扣或吊销时必填）")
        for name, amount, named in (
            ("fine_amount", fines[i], kinds.fine),
            ("confiscated_amount", taken[i], kinds.confiscation),
        ):
            if amount not in ("", "0") and not named and text:
                title = rows.title("penalty_category")
                rows.report(i, "amount_without_fine", name, category_column=title)


def _amount_is_missing(rows: Rows, i: int, name: str, code: str) -> None:
    if (i, name) in rows.blamed:
        return
    if code == "fine_without_amount":
        rows.report(i, code, name, category_column=rows.title("penalty_category"))
    else:
        rows.report(i, code, name, why="（处罚类别含没收时必填，应大于 0）")


def fine_is_the_one_in_the_text(rows: Rows, memory: Memory) -> None:
    """A fine that stands in the text of the decision with another sum: a digit or the unit went wrong somewhere."""
    fines = rows.columns["fine_amount"]
    for i, text in rows.filled("penalty_content"):
        fine = fines[i]
        if fine in ("", "0") or (i, "fine_amount") in rows.blamed or f"{fine}万" in text:
            continue
        if named := other_fines(text, Decimal(fine) * TEN_THOUSAND):
            written = "、".join(plain_decimal(yuan / TEN_THOUSAND) for yuan in named[:SUMS_SAID])
            facts = {"value": fine, "other_column": rows.title("penalty_content")}
            rows.report(i, "fine_differs_from_text", "fine_amount", written=written, **facts)


def other_fines(text: str, fine: Decimal) -> list[Decimal]:
    """The sums that a text names as a fine when none of them, and not all together, are this one (yuan)."""
    plain = half_width(text)
    sums = sums_in(plain)
    every = [found.yuan for found in sums]
    fines = fines_among(plain, sums)
    totals = (sum(amounts) for amounts in (every, set(every), fines, set(fines)))
    if fine in (*every, *totals) or FINED_EACH.search(plain):
        return []
    return list(dict.fromkeys(fines))


def fines_among(plain: str, sums: Sequence[Sum]) -> list[Decimal]:
    """Without what was taken away, gained or lost, be it said once more in other figures."""
    begins = (0, *(found.end for found in sums))
    before = [plain[begin : found.begin] for begin, found in zip(begins, sums, strict=False)]
    others = {found.yuan for found, text in zip(sums, before, strict=True) if NO_FINE.search(text)}
    return [found.yuan for found in sums if found.yuan not in others]


def categories_are_clear(rows: Rows, memory: Memory) -> None:
    name = f"{rows.kind}_category"
    for i, text in rows.filled(name):
        kinds = understood(text)
        if kinds.other_alone:
            rows.report(i, "other_without_text", name)
        elif kinds.unlisted:
            rows.report(i, "category_not_listed", name, value=kinds.unlisted)
        if rows.kind == "penalty" and kinds.only_mild:
            rows.report(i, "not_for_credit_site", name)


def organs_are_registered(rows: Rows, memory: Memory) -> None:
    allowed = memory.context.allowed_authorities
    for who in ("authority", "source"):
        names, codes = rows.columns[f"{who}_name"], rows.columns[f"{who}_code"]
        for i, (name, code) in enumerate(zip(names, codes, strict=True)):
            if not name or not code or code in rows.refused_codes:
                continue  # said already
            if why := memory.why_unknown(name, code):
                rows.report(i, "unknown_authority", f"{who}_name", value=name, why=why)
            elif allowed is not None and who == "authority" and code not in allowed:
                rows.report(i, "authority_not_yours", "authority_name", value=name)


PUBLIC_TEXTS = frozenset({FieldKind.TEXT, FieldKind.LINE, FieldKind.NAME, FieldKind.NUMBER})


def no_id_number_in_public(rows: Rows, memory: Memory) -> None:
    for row in fields_for(rows.kind):
        if not row.public or row.kind not in PUBLIC_TEXTS:
            continue
        column = rows.columns[row.name]
        if any(column) and DIGITS_ENOUGH.search("\n".join(column)):
            _report_id_numbers(rows, row, column)


def _report_id_numbers(rows: Rows, row: Field, column: list[str]) -> None:
    for i, text in enumerate(column):
        if not DIGITS_ENOUGH.search(text):
            continue
        if found := find_id_numbers(text):
            masked = "、".join(
                f"{number[:6]}********{number[-4:]}" for number in dict.fromkeys(found)
            )
            rows.report(i, "id_number_in_text", row.name, masked=masked)
        elif doubtful := find_personal_numbers(text):
            masked = "、".join(f"{number[:3]}****{number[-2:]}" for number in doubtful)
            rows.report(i, "personal_number_in_text", row.name, masked=masked)


def id_numbers_add_up(rows: Rows, memory: Memory) -> None:
    types = {
        "person_id_number": "person_id_type",
        "representative_id_number": "representative_id_type",
    }
    for name, type_name in types.items():
        card = rows.columns[type_name]
        for i, number in rows.filled(name):
            if (
                card[i] in CITIZEN_CARDS
                and (i, name) not in rows.blamed
                and not is_id_number(number)
            ):
                rows.report(i, "id_number_invalid", name)


def first_of_its_kind(rows: Rows, memory: Memory) -> None:
    """The same document, subject, day and organ only once in a file; the first is fine. With another day a second
    look is wanted."""
    names = ("document_number", "party_name", "authority_code", "decided_on")
    keys = zip(*(rows.columns[name] for name in names), strict=True)
    for i, (*document, day) in enumerate(keys):
        if not day or "" in document:
            continue
        days = memory.seen.setdefault("\x1f".join(document), {})
        if day in days:
            rows.report(i, "duplicate_in_file", "document_number", first=str(days[day]))
            continue
        for other, row in days.items():
            rows.report(i, "number_twice", "document_number", first=str(row), date=other)
        days[day] = rows.sheet_rows[i]


def document_number_looks_right(rows: Rows, memory: Memory) -> None:
    for i, text in rows.filled("document_number"):
        if BRACKETS.search(PAIRED.sub("", text)):
            rows.report(i, "document_number_brackets", "document_number")
        elif not DOCUMENT_NUMBER.fullmatch(text):
            rows.report(i, "document_number_pattern", "document_number")


def in_time(rows: Rows, memory: Memory) -> None:
    """Lateness is a flag, never a verdict: its reason is asked at review."""
    today = memory.context.today
    told: dict[str, Finding | None] = {}  # few days, many rows
    for i, day in rows.filled("decided_on"):
        if day not in told:
            deadline = memory.context.deadline(day)
            late = deadline is not None and deadline.result < today
            told[day] = _lateness(rows, deadline.result.isoformat()) if deadline and late else None
        if (found := told[day]) is not None:
            rows.problems.setdefault(i, []).append(found)


def _lateness(rows: Rows, deadline: str) -> Finding:
    return problem("late", "decided_on", rows.title("decided_on"), deadline=deadline)


ROW_RULES: tuple[RowRule, ...] = (
    RowRule("必填", ("missing_required",), required_fields),
    RowRule("相对人条件必填", ("missing_required",), fields_of_subject),
    RowRule("类别与代码相符", ("category_mismatch",), category_fits_code),
    RowRule("名称与代码相符", ("unknown_subject", "name_code_mismatch"), subject_is_registered),
    RowRule("名称可用", ("name_unusable",), name_is_a_name),
    RowRule("决定日期不在将来", ("date_in_future", "date_unusual"), decision_is_past),
    RowRule("期间顺序", ("period_reversed",), periods_run_forward),
    RowRule("有效期起始", ("date_unusual",), permit_starts_after_decision, "permit"),
    RowRule(
        "处罚要素",
        ("fine_without_amount", "missing_required", "amount_without_fine"),
        penalty_has_its_facts,
        "penalty",
    ),
    RowRule(
        "金额与处罚内容一致",
        ("fine_differs_from_text",),
        fine_is_the_one_in_the_text,
        "penalty",
    ),
    RowRule(
        "类别明确",
        ("other_without_text", "category_not_listed", "not_for_credit_site"),
        categories_are_clear,
    ),
    RowRule("机关在册", ("unknown_authority", "authority_not_yours"), organs_are_registered),
    RowRule(
        "不公开身份证号码", ("id_number_in_text", "personal_number_in_text"), no_id_number_in_public
    ),
    RowRule("身份证号码有效", ("id_number_invalid",), id_numbers_add_up),
    RowRule("文件内不重复", ("duplicate_in_file", "number_twice"), first_of_its_kind),
    RowRule(
        "文号样式",
        ("document_number_pattern", "document_number_brackets"),
        document_number_looks_right,
    ),
    RowRule("及时", ("late",), in_time),
)
