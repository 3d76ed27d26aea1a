"""Each named rule: the fault it finds, the sentence it says, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from publicity.intake.categories import understood
from publicity.intake.check import check_values
from publicity.intake.context import CheckContext
from publicity.intake.problems import NOTES, RULES, problem, reasons, verdict
from publicity.intake.rules import ROW_RULES
from records.codes import check_character
from tests.factories.records import KnownCodeFactory, MarketEntityFactory, rename

from .builders import FIRM, ORGAN, PENALTY, PERMIT, TRADER, codes
from .conftest import TODAY, Judge, context_on

ID_NUMBER = "11010519491231002X"
PERSON = {
    "party_category": "自然人",
    "party_name": "王静",
    "party_code": "",
    "legal_representative": "",
    "person_id_type": "身份证",
    "person_id_number": ID_NUMBER,
}


def found(judge: Judge, **changes: Any) -> tuple[str, list[str]]:
    row = judge(**changes)
    return row.verdict, codes(row.problems)


def sentence(judge: Judge, **changes: Any) -> str:
    (only,) = judge(**changes).problems
    return only["sentence"]


def test_clean_rows_are_accepted(penalty: Judge, permit: Judge) -> None:
    for judge in (penalty, permit):
        row = judge()
        assert (row.verdict, row.why, row.problems, row.cleaned) == ("accept", [], [], [])
    values = permit().values
    assert (values["permit_status"], values["decided_on"], values["valid_to"]) == (
        "1",
        "2026-10-26",
        "2029-10-25",
    )
    assert penalty().values["fine_amount"] == "3.2"
    assert "remarks" not in values


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"party_name": ""}, ["missing_required"]),
        ({"party_name": "/"}, ["missing_required"]),
        ({"facts": "  "}, ["missing_required"]),
        ({"party_code": ""}, ["missing_required"]),
        ({"legal_representative": None}, ["missing_required"]),
        ({"party_category": ""}, ["missing_required"]),
        ({"party_category": "企业"}, ["category_unreadable"]),
        ({"party_code": FIRM[:17] + "9"}, ["uscc_checksum"]),
        ({"party_code": FIRM[:16]}, ["uscc_length"]),
        ({"party_code": "91I40405MAYHMM8F8X"}, ["uscc_charset"]),
        ({"party_code": "00000000000000000X"}, ["uscc_placeholder"]),
        ({"party_code": "0" * 18}, ["uscc_category"]),
        ({"party_code": 9.13404e17}, ["uscc_scientific"]),
        ({"party_code": ID_NUMBER}, ["uscc_is_id_number"]),
        ({"party_code": "91340405MAP72J490A"}, ["unknown_subject"]),
        ({"party_name": "淮南市别家有限公司"}, ["name_code_mismatch"]),
        ({"party_category": "个体工商户"}, ["category_mismatch"]),
        ({"party_code": TRADER, "party_name": "淮南市澔岑熠木业加工厂"}, ["category_mismatch"]),
        ({"decided_on": "2026-11-03"}, ["date_in_future"]),
        ({"decided_on": "2026.13.45"}, ["date_unreadable"]),
        ({"valid_until": "2026-10-25"}, ["period_reversed"]),
        ({"publicity_until": "2026-10-25"}, ["period_reversed"]),
        ({"fine_amount": ""}, ["fine_without_amount"]),
        ({"fine_amount": 0.0}, ["fine_without_amount"]),
        ({"fine_amount": "三万"}, ["amount_unreadable"]),
        ({"fine_amount": -1.0}, ["amount_negative"]),
        ({"fine_amount": 2e7}, ["amount_too_large"]),
        ({"penalty_category": "罚款;没收违法所得"}, ["missing_required"]),
        ({"penalty_category": "罚款、暂扣许可证件"}, ["missing_required"]),
        ({"penalty_category": "罚款;其他"}, ["other_without_text"]),
        ({"authority_name": "淮南市安检站"}, ["unknown_authority"]),
        ({"source_code": "12340400MAYL95K32H"}, ["unknown_authority"]),
        (
            {"source_name": "淮南市安检站", "source_code": "12340400MAYL95K32H"},
            ["unknown_authority"],
        ),
        ({"authority_code": 1.13404e17}, ["uscc_scientific"]),
        ({"authority_code": ""}, ["missing_required"]),
        ({"facts": f"当事人身份证号{ID_NUMBER}。"}, ["id_number_in_text"]),
        ({"remarks": "１１０１０５１９４９１２３１００２Ｘ"}, ["id_number_in_text"]),
        ({"registration_number": ID_NUMBER}, ["id_number_in_text"]),
        ({"facts": "身份证号110105 19491231 002X。"}, ["id_number_in_text"]),
        ({"representative_id_number": "110105194912310021"}, ["id_number_invalid"]),
        ({"remarks": "长" * 513}, ["too_long"]),
        ({"tax_number": 3.4e17}, ["digits_lost"]),
        ({"legal_basis": "#REF!"}, ["cell_error"]),
    ],
)
def test_rejected_penalties(penalty: Judge, changes: dict[str, Any], why: list[str]) -> None:
    row = penalty(**changes)
    assert (row.verdict, row.why) == ("reject", why)
    assert all(item["sentence"].endswith("。") and item["column"] for item in row.problems)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_to": "2026-10-25"}, ["period_reversed"]),
        ({"permit_category": "其他"}, ["other_without_text"]),
        ({"permit_status": "3"}, ["status_unknown"]),
        ({"permit_status": ""}, ["missing_required"]),
        ({"content": ""}, ["missing_required"]),
    ],
)
def test_rejected_permits(permit: Judge, changes: dict[str, Any], why: list[str]) -> None:
    row = permit(**changes)
    assert (row.verdict, row.why) == ("reject", why)


@pytest.mark.parametrize("amount", [1000.5, 34200.0, 0.0005])
def test_amounts_to_confirm(penalty: Judge, amount: float) -> None:
    assert found(penalty, fine_amount=amount) == ("confirm", ["amount_suspect_yuan"])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("罚款人民币3.4万元", "3.4"),
        ("罚款３４，０００元", "3.4"),
        ("罚款伍万贰仟元整", "5.2"),
        ("没收违法所得3万元，并处五万二千元罚款", "5.2"),
        ("对甲罚款1万元，对乙罚款1.5万元", "1、1.5"),
    ],
)
def test_a_fine_of_another_sum_than_the_text_names(penalty: Judge, text: str, written: str) -> None:
    row = penalty(penalty_content=text)
    assert (row.verdict, row.why) == ("confirm", ["fine_differs_from_text"])
    (said,) = row.problems
    assert f"是 3.2 万元，“处罚内容”中写的是 {written} 万元。" in said["sentence"]


@pytest.mark.parametrize(
    "text",
    [
        "责令改正，处以罚款",
        "罚款3.2万",
        "罚款叁万贰仟元整（￥32000.00）",
        "没收违法所得1.5万元，并处三万二千元罚款",
        "没收违法所得1.5万元（15000元），并处罚款",
        "没收非法财物（货值4万元），处违法所得1.6万元二倍的罚款",
        "对甲罚款2万元，对乙罚款12000元，合计3.2万元",
        "对甲罚款2万元，对乙罚款12000元",
        "罚款壹万元（10000元）、贰万贰仟元（22000元）",
        "对四名责任人员各罚款八千元",
        "每项违法行为处罚款16000元",
        "依照“处一万元以上五万元以下罚款”的规定处罚",
    ],
)
def test_a_fine_that_the_text_does_not_contradict(penalty: Judge, text: str) -> None:
    assert found(penalty, penalty_content=text) == ("accept", [])


@pytest.mark.parametrize(
    "text", ["电话13805541234", "证件1101 0519 4912 3100 21", "证件１１０１０５４９１２３１００２"]
)
def test_numbers_of_persons_to_confirm(penalty: Judge, text: str) -> None:
    """However they are parted: nobody's number gets out because of a blank in it."""
    assert found(penalty, facts=text) == ("confirm", ["personal_number_in_text"])


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"document_number": "2026年第1号"}, ["document_number_pattern"]),
        ({"document_number": "（淮）应急罚〔2026 1号"}, ["document_number_brackets"]),
        ({"document_number": "淮）应急罚〔2026〕1号"}, ["document_number_brackets"]),
        ({"document_number": "淮应急罚[26]1号"}, ["document_number_brackets"]),
        ({"penalty_category": "罚款;训诫"}, ["category_not_listed"]),
        ({"penalty_category": "警告", "fine_amount": ""}, ["not_for_credit_site"]),
        ({"penalty_category": "责令停产停业"}, ["amount_without_fine"]),
        ({"confiscated_amount": 1.0}, ["amount_without_fine"]),
        ({"decided_on": "2024-10-01"}, ["date_unusual", "late"]),
        ({"decided_on": "2026-10-13"}, ["late"]),
    ],
)
def test_warnings_leave_the_verdict(
    penalty: Judge, changes: dict[str, Any], warnings: list[str]
) -> None:
    row = penalty(**changes)
    assert (row.verdict, row.why, codes(row.problems)) == ("accept", [], warnings)


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty_category": "其他-责令限期改正", "fine_amount": ""},
        {"penalty_category": "罚款；没收违法所得", "confiscated_amount": 1.5},
        {"penalty_category": "罚款;吊销许可证件", "licence_note": "安全生产许可证 皖D908340"},
        {"party_code": FIRM.lower()},
        {"party_name": "淮南市焜屿电梯维保有限公司 "},
        {"document_number": "（淮）应急罚〔2026〕第12号"},
        {"party_category": "法人及其他组织"},
        {"representative_id_number": ID_NUMBER, "representative_id_type": "身份证"},
        {"representative_id_number": "E12345678", "representative_id_type": "护照号"},
        {"facts": "检查人员于20261012到场，联系电话0554-1234567。"},
        {"penalty_content": "罚款人民币32,000元"},
        {"penalty_content": "对两项行为分别罚款2万元和1.2万元"},
        {"penalty_content": "罚款人民币叁万贰仟元整"},
    ],
)
def test_what_is_fine(penalty: Judge, changes: dict[str, Any]) -> None:
    assert found(penalty, **changes) == ("accept", [])


def test_natural_persons(penalty: Judge) -> None:
    assert found(penalty, **PERSON) == ("accept", [])
    assert found(penalty, **PERSON | {"party_code": FIRM}) == ("reject", ["category_mismatch"])
    assert found(penalty, **PERSON | {"person_id_type": "", "person_id_number": ""}) == (
        "reject",
        ["missing_required", "missing_required"],
    )
    assert found(penalty, **PERSON | {"person_id_number": "110105194912310021"}) == (
        "reject",
        ["id_number_invalid"],
    )
    assert found(penalty, **PERSON | {"person_id_number": 1.10105194912310e17}) == (
        "reject",
        ["digits_lost"],
    )


@pytest.mark.parametrize("name", ["测试", "123456", "王", "王静@"])
def test_names_that_are_none(penalty: Judge, name: str) -> None:
    assert found(penalty, **PERSON | {"party_name": name}) == ("reject", ["name_unusable"])


def test_a_name_is_not_doubted_where_the_registry_vouches_for_it(penalty: Judge) -> None:
    firm = MarketEntityFactory(code="91340422MAB2TL6F50", name="测试厂")
    assert found(penalty, party_code=firm.code, party_name="测试厂") == ("accept", [])


def test_a_former_name_is_accepted(penalty: Judge) -> None:
    firm = MarketEntityFactory(code="91340422MAB2TL6F50", name="淮南（旧名）有限公司")
    rename(firm, "淮南新名有限公司")
    for name in ("淮南(旧名)有限公司", "淮南新名有限公司"):
        assert found(penalty, party_code=firm.code, party_name=name) == ("accept", [])


def test_a_confirmed_code_that_fails_the_arithmetic(context: CheckContext) -> None:
    known = KnownCodeFactory()
    MarketEntityFactory(code=known.code, name="芜湖市某某有限公司")
    changes = {"party_code": known.code, "party_name": "芜湖市某某有限公司"}
    row = check_values("penalty", PENALTY | changes, context_on())
    assert (row.verdict, codes(row.cleaned)) == ("accept", ["known_code"])


@pytest.mark.parametrize(
    ("front", "warning"),
    [("91340405MAYHMM8F0", "organisation_code"), ("97340405MAYHMM8F8", "unknown_category")],
)
def test_remarkable_codes_are_warned_about(penalty: Judge, front: str, warning: str) -> None:
    firm = MarketEntityFactory(code=front + check_character(front), name="淮南市老号有限公司")
    assert found(penalty, party_code=firm.code, party_name=firm.name) == ("accept", [warning])


def test_only_permitted_organs(context: CheckContext) -> None:
    own = context_on(allowed_authorities={"11340422MAEBD7E87U"})
    row = check_values("penalty", PENALTY, own)
    assert (row.verdict, row.why) == ("reject", ["authority_not_yours"])
    assert (
        check_values("penalty", PENALTY, context_on(allowed_authorities={ORGAN})).verdict
        == "accept"
    )


def test_sentences_about_organs_say_what_is_right(penalty: Judge) -> None:
    assert f"应为 {ORGAN}" in sentence(penalty, authority_code="12340400MAYL95K32H")
    assert "登记的“淮南市应急管理局”不一致" in sentence(penalty, authority_name="寿县应急管理局")
    unlisted = sentence(penalty, authority_name="淮南市安检站", authority_code="12340400MAYL95K32H")
    assert "不在本市机关名录中" in unlisted


def test_sentences_name_what_is_wrong(penalty: Judge) -> None:
    assert "登记的“淮南市焜屿电梯维保有限公司”" in sentence(
        penalty, party_name="淮南市别家有限公司"
    )
    assert "110105********002X" in sentence(penalty, facts=f"身份证号{ID_NUMBER}")
    assert "晚于今天（2026-11-02）" in sentence(penalty, decided_on="2026-11-03")


def test_several_problems_are_all_told_and_the_worst_decides(penalty: Judge) -> None:
    row = penalty(fine_amount=34200.0, legal_basis="", decided_on="2026-10-13")
    assert row.verdict == "reject"
    assert codes(row.problems) == ["amount_suspect_yuan", "missing_required", "late"]
    assert row.why == ["amount_suspect_yuan", "missing_required"]


def test_a_permit_that_starts_before_its_decision_is_warned_about(permit: Judge) -> None:
    assert found(permit, valid_from="2026-10-01") == ("accept", ["date_unusual"])


def test_deadlines(penalty: Judge) -> None:
    row = penalty(decided_on="2026-09-24")
    assert row.deadline is not None
    assert (row.deadline.result, row.late) == (dt.date(2026, 10, 12), True)
    assert penalty(decided_on="").deadline is None
    assert not penalty().late


def test_a_date_before_all_calendars_has_no_deadline(context: CheckContext) -> None:
    assert context.deadline("1800-01-01") is None
    assert context.deadline("") is None


def test_today_on_a_leap_day(context: CheckContext) -> None:
    row = check_values(
        "penalty", PENALTY | {"decided_on": "2028-02-28"}, context_on(dt.date(2028, 2, 29))
    )
    assert row.verdict == "accept"


@pytest.mark.parametrize(
    ("text", "alone", "fine", "confiscation", "licence"),
    [
        ("其他", True, False, False, False),
        ("其它：", True, False, False, False),
        ("其他行政处罚", True, False, False, False),
        ("其他-其他", True, False, False, False),
        ("其他;罚款", True, False, False, False),
        ("其他-责令改正、公开道歉", False, False, False, False),
        ("其他（公开道歉）", False, False, False, False),
        ("警告并处罚款", False, True, False, False),
        ("没收违法所得、没收非法财物", False, False, True, False),
        ("暂扣或者吊销许可证、暂扣或者吊销执照", False, False, False, True),
        ("", False, False, False, False),
    ],
)
def test_categories(text: str, alone: bool, fine: bool, confiscation: bool, licence: bool) -> None:
    kinds = understood(text)
    assert (kinds.other_alone, kinds.fine, kinds.confiscation, kinds.licence) == (
        alone,
        fine,
        confiscation,
        licence,
    )


def test_every_row_rule_names_codes_of_the_table() -> None:
    assert {code for rule in ROW_RULES for code in rule.codes} <= RULES.keys()
    assert len({rule.name for rule in ROW_RULES}) == len(ROW_RULES)


def test_every_sentence_ends_and_fills_its_blanks() -> None:
    for text in [*(rule.sentence for rule in RULES.values()), *NOTES.values()]:
        blanks = dict.fromkeys(re.findall(r"{(\w+)}", text), "某")
        assert text.format(**blanks)
        assert text.endswith(("。", "{why}"))


def test_verdict_and_reasons() -> None:
    late = problem("late", "decided_on", "决定日期", deadline="2026-10-08")
    doubtful = problem("amount_suspect_yuan", "fine_amount", "罚款金额", value="34200")
    assert [verdict([]), verdict([late]), verdict([late, doubtful])] == [
        "accept",
        "accept",
        "confirm",
    ]
    assert reasons([late, doubtful, doubtful]) == ["amount_suspect_yuan"]
    assert dt.date(2026, 11, 2) == TODAY
    assert PERMIT["authority_code"] == ORGAN
