"""The subject guard: the published vectors, what people type instead of a code, and what no slip gets past."""

from __future__ import annotations

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.codes import (
    CHARACTERS,
    NOTE_SENTENCES,
    Note,
    check_code,
    find_id_numbers,
    find_personal_numbers,
    is_id_number,
    normalise_code,
)
from tests.factories.records import valid_code

REAL = [
    "91350100M000100Y43",
    "91110000802100433B",
    "9144030071526726XG",
    "914403001922038216",
    "91330100799655058B",
    "91110108551385082Q",
    "91100000100003962T",
    "91110000710926094P",
    "9152000071430580XT",
    "91340000711771143J",
    "91340400150230004B",
    "91440606722473344C",
    "91340400MA2RBH7M6W",
    "11420000MB15291767",
    "12100000400000624D",
]
SYNTHETIC = {
    "11340400MB00000272": "机关",
    "12340400MB00000194": "事业单位",
    "51340400MJ0000018E": "社会团体",
    "52340400MJA000024X": "民办非企业单位",
    "53340400MJ0000034X": "基金会",
    "54340403MF0000021M": "村民委员会",
    "92340403MA8N00010K": "个体工商户",
    "93340421MA8N00029F": "农民专业合作社",
    "N2340422MF00000130": "村级集体经济组织",
    "Y1340400MC0000012M": "其他组织",
    "91341521MA2N00095W": "企业",  # the area code of 寿县 before it came to Huainan
}
GOOD = "91110000802100433B"
KNOWN = "91340200149492322R"


@pytest.mark.parametrize("code", REAL)
def test_a_real_code_is_valid_without_remarks(code: str) -> None:
    assert check_code(code) == (True, code, check_code(code).kind, None, "", "", ())
    assert check_code(code).kind


@pytest.mark.parametrize(("code", "kind"), SYNTHETIC.items())
def test_the_first_two_characters_say_what_it_is(code: str, kind: str) -> None:
    verdict = check_code(code)
    assert (verdict.valid, verdict.kind, verdict.notes) == (True, kind, ())


@pytest.mark.parametrize(
    ("code", "reason", "position"),
    [
        ("91110000802100433C", "uscc_checksum", 18),
        ("91110000802100434B", "uscc_checksum", 18),
        ("91110000082100433B", "uscc_checksum", 18),
        (KNOWN, "uscc_checksum", 18),
        ("9111000080210043B", "uscc_length", 18),
        (GOOD + "0", "uscc_length", 19),
        ("", "uscc_length", 1),
        ("MA2RBH7M6", "uscc_length", 10),
        ("340400000012345", "uscc_length", 16),
        ("91I10000802100433B", "uscc_charset", 3),
        ("911100A0802100433B", "uscc_charset", 7),
        ("9111000080210O433B", "uscc_charset", 14),
        ("Z1110000802100433B", "uscc_charset", 1),
        ("9111000080210S433B", "uscc_charset", 14),
        ("91110000802V00433B", "uscc_charset", 12),
        ("91110000802中00433B", "uscc_charset", 12),
        ("00000000000000000X", "uscc_placeholder", None),
        ("000000000000000000", "uscc_category", 1),
        ("9.13E+17", "uscc_scientific", None),
        (" 9.13404e17", "uscc_scientific", None),
        (9.13404e17, "uscc_scientific", None),
        ("913404030000000000.0", "uscc_scientific", None),
        ("913404030000012000", "uscc_scientific", 16),
        ("11010519491231002X", "uscc_is_id_number", None),
        ("11010519491231002x", "uscc_is_id_number", None),
        ("440524188001010014", "uscc_is_id_number", None),
        ("340421198709120041", "uscc_is_id_number", None),
        ("340403 19620817 8462", "uscc_is_id_number", None),
        (None, "uscc_length", 1),
    ],
)
def test_a_refusal_names_reason_and_position(
    code: object, reason: str, position: int | None
) -> None:
    verdict = check_code(code)
    assert (verdict.valid, verdict.reason, verdict.position) == (False, reason, position)
    assert verdict.sentence.endswith("。")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("9111000080210O433B", ("第 14 位“O”", "可能是数字 0", "营业执照")),
        ("911100A0802100433B", ("第 7 位“A”", "行政区划码，只能是数字")),
        ("91110000802!00433B", ("第 12 位“!”", "只含数字和大写字母")),
        ("91110000802100433C", ("第 18 位", "应为“B”", "现为“C”", "颠倒")),
        ("9111000080210043B", ("现为 17 位", "少 1 位")),
        (GOOD + "0", ("现为 19 位", "多 1 位")),
        ("340400000012345", ("工商注册号",)),
        ("MA2RBH7M6", ("组织机构代码",)),
        ("", ("没有填写",)),
        ("9.13E+17", ("文本", "末尾几位已经丢失")),
        ("11010519491231002X", ("居民身份证号码", "不得公示")),
    ],
)
def test_the_sentence_says_what_where_and_what_to_do(code: str, words: tuple[str, ...]) -> None:
    sentence = check_code(code).sentence
    assert [word for word in words if word not in sentence] == []


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        (" 91110000802100433B\n", ()),
        ("91110000802100433b", (Note.LOWERCASE,)),
        ("９１１１００００８０２１００４３３Ｂ", (Note.FULLWIDTH,)),
        ("91110000 8021\n0043-3B", (Note.SPACES,)),
        ("9111 0000802100433b", (Note.LOWERCASE, Note.SPACES)),
        ("'91110000802100433B", ()),
        ("91110000\u200b802100433B", (Note.SPACES,)),
    ],
)
def test_cleaning_is_reported(typed: str, notes: tuple[str, ...]) -> None:
    verdict = check_code(typed)
    assert (verdict.valid, verdict.normalised, verdict.notes) == (True, GOOD, notes)


def test_letters_that_look_like_digits_stay() -> None:
    assert normalise_code(" 9i-o１ ") == "9IO1"


def test_every_note_has_a_sentence() -> None:
    assert set(NOTE_SENTENCES) == set(Note)


def test_an_unknown_pair_is_only_a_warning() -> None:
    verdict = check_code("97340400MA2RBH7M6A")
    assert (verdict.valid, verdict.kind, verdict.notes) == (True, "", (Note.UNKNOWN_CATEGORY,))


def test_a_wrong_organisation_code_inside_is_only_a_warning() -> None:
    verdict = check_code("91340400MA2RBH7M70")
    assert (verdict.valid, verdict.notes) == (True, (Note.ORGANISATION_CODE,))


def test_a_known_code_passes_with_a_note() -> None:
    verdict = check_code(KNOWN.lower(), {KNOWN})
    assert (verdict.valid, verdict.normalised) == (True, KNOWN)
    assert verdict.notes == (Note.LOWERCASE, Note.KNOWN_CODE)


def test_a_registered_code_that_is_also_an_id_number_is_stopped_unless_known() -> None:
    both = "51010319200701010X"  # sums up as a code and as an ID number
    assert check_code(both).reason == "uscc_is_id_number"
    assert check_code(both, {both}).valid


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),  # check digit
        ("110105194913310021", False),  # month 13
        ("110105299912310020", False),  # not yet born
        ("110105179912310024", False),  # too old
        ("590105194912310029", False),  # sums up, but no such region
        ("931156198507150060", True),  # permanent residence of a foreigner
        ("914403001922038216", False),  # a firm
        ("913404198507150077", False),  # a code that looks like a residence number; the code wins
        ("", False),
    ],
)
def test_is_id_number(text: str, answer: bool) -> None:
    assert is_id_number(text) is answer


def test_id_numbers_are_found_in_running_text() -> None:
    text = "当事人（身份证340421198709120041），另有 340403 19620817 8462、11010519491231002x，代码91340400150230004B。"
    assert find_id_numbers(text) == [
        "340421198709120041",
        "340403196208178462",
        "11010519491231002X",
    ]
    assert find_id_numbers("电话13900000000") == []
    assert find_id_numbers("流水号3404211987091200410，卡号6222021234567890123") == []


codes = st.builds(
    valid_code,
    st.integers(0, 31**6 - 1),
    kind=st.sampled_from(["91", "92", "93", "11", "N2", "Y1"]),
    region=st.integers(110000, 659999).map(str),
)


@given(codes)
def test_a_synthetic_code_is_valid(code: str) -> None:
    assert check_code(code)[:2] == (True, code)


@given(codes, st.integers(0, 17), st.sampled_from(CHARACTERS + "IOSVZ"))
def test_no_changed_character_gets_past(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert check_code(changed).valid is (changed == code)


@given(codes, st.integers(0, 16))
def test_no_swapped_neighbours_get_past(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert check_code(swapped).valid is (swapped == code)


@given(st.text(max_size=40))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = check_code(text)
    assert verdict.valid is (verdict.reason == "")


@given(st.text(CHARACTERS + "abxyIO９Ａ　 -\n'"))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert normalise_code(normalise_code(text)) == normalise_code(text)


def test_a_valid_code_is_judged_in_microseconds() -> None:
    """Ten times the usual cost is allowed, for a busy machine."""
    seconds = min(timeit.repeat(lambda: check_code("9144030071526726XG"), number=2_000, repeat=5))
    assert seconds / 2_000 < 30e-6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张三（身份证340404199001011234）", ["340404199001011234"]),  # the check digit is wrong
        ("证号340404900101123违章", ["340404900101123"]),
        ("340404·19900101·1235", ["340404199001011235"]),
        ("号码34040419900101123X", ["34040419900101123X"]),
        ("联系电话13855412345。", ["13855412345"]),
        ("注册号340400000012345", []),
        ("（淮）应急罚〔2026〕118号，罚款20000元，2026年10月9日", []),
        ("代码91340405MAYHMM8F8X", []),
    ],
)
def test_what_looks_like_a_persons_number_is_pointed_out(text: str, found: list[str]) -> None:
    assert find_personal_numbers(text) == found
