"""Document numbers taken apart, and patterns of series; the database takes them apart in the same way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publicity.models import PenaltyDecision
from publicity.numbering import ParsedNumber, PatternRefused, examples, parse, read_pattern
from tests.factories.publicity import make_penalty

STEM = "淮应急罚||号"
SPELLINGS = [
    "（淮）应急罚〔2026〕118号",
    "(淮)应急罚[2026]118号",
    "（淮）应急罚【2026】118号",
    "（淮） 应急罚 〔2026〕 第 118 号",
    "（淮）应急罚〔2026〕第118号",
    "（淮）应急罚〔2026〕0118号",
    "（淮）应急罚［２０２６］１１８号",
    "淮应急罚2026118号",
    "「淮」应急罚{2026}\u30000118号",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings_of_one_number(text):
    assert parse(text) == ParsedNumber(STEM, 2026, 118)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ParsedNumber("")),
        ("无文号", ParsedNumber("无文号")),
        ("〔2026〕7号", ParsedNumber("||号", 2026, 7)),
        ("（淮）应急罚〔1026〕118号", ParsedNumber("淮应急罚1026118号")),  # no such year
        ("（淮）应急罚〔2026〕12345678号", ParsedNumber("淮应急罚202612345678号")),  # too long
        ("淮应急罚当〔2026〕118-1号", ParsedNumber("淮应急罚当||-1号", 2026, 118)),
        ("淮2支队〔2026〕3号", ParsedNumber("淮2支队||号", 2026, 3)),
        ("淮应急罚〔2026〕字第3号", ParsedNumber("淮应急罚|字|号", 2026, 3)),
        ("aq罚〔2026〕3", ParsedNumber("AQ罚||", 2026, 3)),
        ("罚〔2026〕2027号", ParsedNumber("罚||号", 2026, 2027)),
    ],
)
def test_other_numbers(text, found):
    assert parse(text) == found


def column(texts, team):
    rows = [
        make_penalty(team, number=place, document_number=text) for place, text in enumerate(texts)
    ]
    found = PenaltyDecision.objects.in_bulk([row.pk for row in rows])
    return [
        ParsedNumber(row.number_stem, row.number_year, row.number_value)
        for row in (found[row.pk] for row in rows)
    ]


ODD = [
    "（淮）应急罚〔1026〕118号",
    "a罚〔2026〕12345678号",
    "x〔2026〕118-1号",
    "第〔2026〕字第03号",
    "罚〔2026〕2027号",
]


def test_the_database_reads_as_we_do(team):
    texts = [*dict.fromkeys([*SPELLINGS, *ODD])]

    assert column(texts, team) == [parse(text) for text in texts]


def test_the_database_reads_any_text_as_we_do(team):
    @settings(deadline=None)  # the first statement waits for the connection
    @given(st.text("淮应罚第号字〔〕（）()[2019０６8 ]-A", min_size=1, max_size=24))
    def same(text):
        row = make_penalty(team, document_number=text)
        row.refresh_from_db()
        assert parse(text) == ParsedNumber(row.number_stem, row.number_year, row.number_value)
        row.delete()

    same()


@pytest.mark.parametrize(
    ("text", "stem", "shown"),
    [
        ("（淮）应急罚〔{year}〕{n}号", STEM, "（淮）应急罚〔2026〕1号"),
        ("（淮）应急罚〔{year}〕第{n:3}号", STEM, "（淮）应急罚〔2026〕第001号"),
        (" (淮)应急罚[{year}]{n:04}号 ", STEM, "(淮)应急罚[2026]0001号"),
        ("（淮）应急罚〔｛year｝〕｛n｝号", STEM, "（淮）应急罚〔2026〕1号"),
        ("皖D安许证字{year}-{n}", "皖D安许证字|-|", "皖D安许证字2026-1"),
    ],
)
def test_patterns(text, stem, shown):
    pattern = read_pattern(text)

    assert (pattern.stem, pattern.write(2026, 1)) == (stem, shown)
    assert parse(pattern.write(2031, 12_345)) == ParsedNumber(stem, 2031, 12_345)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("（淮）应急罚〔2026〕{n}号", "用 {year} 表示年份"),
        ("（淮）应急罚〔{year}〕{year}{n}号", "用 {year} 表示年份"),
        ("（淮）应急罚〔{year}〕1号", "用 {n} 表示序号"),
        ("（淮）应急罚〔{year}〕{n}{n:3}号", "用 {n} 表示序号"),
        ("（淮）{x}罚〔{year}〕{n}号", "花括号"),
        ("（淮）2支罚〔{year}〕{n}号", "不要有数字"),
        ("{n}号（淮）应急罚〔{year}〕", "年份须在序号之前"),
        ("〔{year}〕{n}号", "机关代字"),
        ("长" * 100 + "{year}{n}", "不能超过 100 字"),
    ],
)
def test_what_is_no_pattern(text, words):
    with pytest.raises(PatternRefused) as refused:
        read_pattern(text)
    assert words in refused.value.user_message


def test_examples_begin_with_the_first_number():
    assert examples(read_pattern("罚〔{year}〕{n:2}号"), 2026, 5) == [
        "罚〔2026〕05号",
        "罚〔2026〕06号",
        "罚〔2026〕122号",
    ]
