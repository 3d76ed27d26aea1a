"""Every shape in which dates, amounts, codes and texts arrive."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publicity.intake.cleaning import (
    CategoryReader,
    ChoiceReader,
    CodeReader,
    DocumentNumberReader,
    LineReader,
    NameReader,
    NumberReader,
    Reader,
    TextReader,
    shown,
)
from publicity.intake.quantities import AmountReader, DateReader, from_serial

CODE = "91340400150230004B"


def moment(*parts: int) -> dt.datetime:
    """A civil date with a clock time, as spreadsheets have them: without a zone."""
    return dt.datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001


days = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2100, 12, 31))
amounts = st.decimals(min_value=0, max_value=Decimal("9999999.999999"), places=6)


def read(reader: Reader, raw: Any) -> tuple[str, list[str]]:
    value = reader[raw]
    return value, [remark.code for remark in reader.remarks.get(raw, [])]


@pytest.mark.parametrize(
    ("raw", "value", "notes"),
    [
        ("", "", []),
        (dt.date(2026, 10, 9), "2026-10-09", []),
        (moment(2026, 10, 9), "2026-10-09", []),
        (moment(2026, 10, 9, 23, 59), "2026-10-09", ["date_time_dropped"]),
        ("2026/10/09", "2026-10-09", []),
        ("2026-10-09", "2026-10-09", []),
        (" 2026-10-09 ", "2026-10-09", ["spaces"]),
        ("2026/10/9", "2026-10-09", ["date_text"]),
        ("2026-10-9", "2026-10-09", ["date_text"]),
        ("2026.10.9", "2026-10-09", ["date_text"]),
        ("2026年10月9日", "2026-10-09", ["date_text_chinese"]),
        ("２０２６年１０月９日", "2026-10-09", ["date_text_chinese"]),
        ("2026 年 10 月 9 日", "2026-10-09", ["date_text_chinese"]),
        ("2026年10月9", "2026-10-09", ["date_text_chinese"]),
        ("20261009", "2026-10-09", ["date_text_compact"]),
        (20261009.0, "2026-10-09", ["date_text_compact"]),
        ("46308", "2026-10-13", ["date_serial"]),
        (46308.0, "2026-10-13", ["date_serial"]),
        (46308.75, "2026-10-13", ["date_serial", "date_time_dropped"]),
        ("2026/10/9 08:30", "2026-10-09", ["date_time_dropped", "date_text"]),
        ("无", "", ["nothing_emptied"]),
        # Clocks were put forward in these nights; civil dates do not move.
        (moment(1986, 5, 4), "1986-05-04", []),
        ("1991年9月15日", "1991-09-15", ["date_text_chinese"]),
    ],
)
def test_dates(raw: Any, value: str, notes: list[str]) -> None:
    assert read(DateReader(), raw) == (value, notes)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026.13.45", "不是有效的日期"),
        ("2026-02-29", "不是有效的日期"),
        ("26-10-9", "年份只有两位"),
        ("26年10月9日", "年份只有两位"),
        ("2026", "不是有效的日期"),
        ("2026年10月", "不是有效的日期"),
        (2026.0, "读出的日期是 1905-07-18"),
        (60.0, "不是有效的日期"),
        (0.5, "不是有效的日期"),
        (20261345.0, "不是有效的日期"),
        (20261009.5, "不是有效的日期"),
        (202610091.0, "不是有效的日期"),
        (dt.date(1905, 7, 18), "不在合理范围内"),
        ("9999-12-31", "不在合理范围内"),
        (True, "不是有效的日期"),
        (dt.time(8, 30), "不是有效的日期"),
        ("上周五", "不是有效的日期"),
    ],
)
def test_unreadable_dates(raw: Any, why: str) -> None:
    reader = DateReader()
    assert reader[raw] == ""
    (remark,) = reader.remarks[raw]
    assert remark.code == "date_unreadable"
    assert why in remark.facts["why"]


@pytest.mark.parametrize("raw", ["长期", "永久有效", dt.date(9999, 12, 31), "9999-12-31"])
def test_long_term_ends(raw: Any) -> None:
    assert read(DateReader(open_ended=True), raw) == ("2099-12-31", ["date_long_term"])
    assert read(DateReader(), raw)[0] == ""


def test_day_numbers_with_the_day_that_never_was() -> None:
    assert from_serial(1) == dt.date(1900, 1, 1)
    assert from_serial(59) == dt.date(1900, 2, 28)
    assert from_serial(60) is None
    assert from_serial(61) == dt.date(1900, 3, 1)
    assert from_serial(0) is None
    assert from_serial(3_000_000) is None
    assert from_serial(44846, epoch_1904=True) == dt.date(2026, 10, 13)
    assert read(DateReader(epoch_1904=True), 44846.0) == ("2026-10-13", ["date_serial"])


@given(day=days)
def test_every_spelling_of_a_day_is_that_day(day: dt.date) -> None:
    reader = DateReader()
    spellings = [
        day,
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        float((day - dt.date(1899, 12, 30)).days),
    ]
    assert {reader[raw] for raw in spellings} == {day.isoformat()}


@given(text=st.text(max_size=20))
def test_no_text_makes_the_readers_stumble(text: str) -> None:
    for reader in (
        DateReader(),
        AmountReader(),
        NameReader(9),
        LineReader(9),
        TextReader(9),
        NumberReader(9),
    ):
        assert isinstance(reader.column([text, "x"])[0], str)


@pytest.mark.parametrize(
    ("raw", "value", "notes"),
    [
        ("", "", []),
        (7.74, "7.74", []),
        (3.0, "3", []),
        (0.1 + 0.2, "0.3", []),
        ("3.2", "3.2", []),
        ("3.20", "3.2", []),
        (" 3.2 ", "3.2", ["spaces"]),
        ("３．２", "3.2", ["fullwidth_amount"]),
        ("3.2万元", "3.2", ["amount_with_unit", "spaces"]),
        ("3.2 万", "3.2", ["amount_with_unit", "spaces"]),
        ("1,000", "1000", ["amount_grouped"]),
        (10 / 3, "3.333333", ["amount_rounded"]),
        ("3.1234567", "3.123457", ["amount_rounded"]),
        ("/", "", ["nothing_emptied"]),
        ("0", "0", []),
        (0.001, "0.001", []),
        (1000.0, "1000", []),
        (1000.01, "1000.01", ["amount_suspect_yuan"]),
        (34200.0, "34200", ["amount_suspect_yuan"]),
        (0.0005, "0.0005", ["amount_suspect_yuan"]),
        (-3.2, "-3.2", ["amount_negative"]),
        (34200000.0, "34200000", ["amount_too_large"]),
        ("32,000元", "", ["amount_unreadable"]),
        ("￥32000", "", ["amount_unreadable"]),
        ("1,00", "", ["amount_unreadable"]),
        ("叁万贰仟元", "", ["amount_unreadable"]),
        (dt.date(2026, 1, 1), "", ["amount_unreadable"]),
        (True, "", ["amount_unreadable"]),
        (float("inf"), "", ["amount_unreadable"]),
    ],
)
def test_amounts(raw: Any, value: str, notes: list[str]) -> None:
    if "amount_with_unit" in notes:
        notes = ["amount_with_unit"]
    assert read(AmountReader(), raw)[0] == value
    assert read(AmountReader(), raw)[1][: len(notes)] == notes


def test_an_amount_in_yuan_says_so() -> None:
    reader = AmountReader()
    assert reader["32,000元"] == ""
    assert reader.remarks["32,000元"][0].facts["why"] == "单位是元，请换算成万元"


@given(amount=amounts)
def test_amounts_come_back_exactly(amount: Decimal) -> None:
    reader = AmountReader()
    assert Decimal(reader[str(amount)]) == amount
    if len(amount.as_tuple().digits) <= 12:
        assert Decimal(reader[float(amount)]) == amount


@pytest.mark.parametrize(
    ("raw", "value", "notes"),
    [
        ("", "", []),
        (CODE, CODE, []),
        (CODE.lower(), CODE, ["lowercase_code"]),
        ("９１３４０４００１５０２３０００４Ｂ", CODE, ["fullwidth_code"]),
        (" 913404001 50230004B", CODE, ["spaces"]),
        (9.13404e17, "9.13404e+17", ["uscc_scientific"]),
        (340400000012345.0, "340400000012345", ["uscc_length"]),
        ("无", "", ["nothing_emptied"]),
        ("91340400150230004C", "91340400150230004C", ["uscc_checksum"]),
    ],
)
def test_codes(raw: Any, value: str, notes: list[str]) -> None:
    reader = CodeReader(frozenset())
    assert read(reader, raw) == (value, notes)
    assert reader.refused == ({value} if notes and notes[0].startswith("uscc") else set())


@pytest.mark.parametrize(
    ("reader", "raw", "value", "notes"),
    [
        (NameReader(200), "淮南市\n焜屿有限公司", "淮南市焜屿有限公司", ["newline_in_name"]),
        (NameReader(200), "淮南市焜屿有限公司\u3000", "淮南市焜屿有限公司", ["spaces"]),
        (NameReader(200), "淮南市 焜屿有限公司", "淮南市焜屿有限公司", ["spaces"]),
        (NameReader(200), "ABC Trading Ltd", "ABC Trading Ltd", []),
        (NameReader(200), "阿卜杜拉·艾合买提", "阿卜杜拉·艾合买提", []),
        (NameReader(3), "淮南市焜屿", "淮南市焜屿", ["too_long"]),
        (LineReader(200), "第一行\r\n第二行", "第一行 第二行", ["newline"]),
        (LineReader(200), "甲\t乙", "甲 乙", ["spaces"]),
        (LineReader(200), 3.0, "3", []),
        (LineReader(200), True, "是", []),
        (LineReader(200), False, "否", []),
        (LineReader(200), dt.date(2026, 10, 9), "2026-10-09", []),
        (LineReader(200), moment(2026, 10, 9), "2026-10-09", []),
        (LineReader(200), moment(2026, 10, 9, 8), "2026-10-09 08:00:00", []),
        (LineReader(200), "#REF!", "", ["cell_error"]),
        (LineReader(200), "——", "", ["nothing_emptied"]),
        (TextReader(200), "第一段\n第二段", "第一段\n第二段", []),
        (TextReader(200), " 第一段\u200b ", "第一段", ["spaces"]),
        (TextReader(200), "第一段_x000D_\n第二段", "第一段\n第二段", []),
        (NumberReader(50), "皖D 908340", "皖D908340", ["spaces"]),
        (NumberReader(50), "３４０４", "3404", ["fullwidth_code"]),
        (NumberReader(50), 340400000012345.0, "340400000012345", []),
        (NumberReader(50), 3.40421198709e17, "3.40421198709e+17", ["digits_lost"]),
        (ChoiceReader({"1": "1", "有效": "1"}, "status_unknown"), "有效", "1", ["wording"]),
        (ChoiceReader({"1": "1", "有效": "1"}, "status_unknown"), 1.0, "1", []),
        (ChoiceReader({"1": "1"}, "status_unknown"), "3", "3", ["status_unknown"]),
        (ChoiceReader({"1": "1"}, "status_unknown"), "", "", []),
    ],
)
def test_texts(reader: Reader, raw: Any, value: str, notes: list[str]) -> None:
    assert read(reader, raw) == (value, notes)
    assert reader.column([raw, raw]) == [value, value]


def test_whole_columns_that_are_clean_are_taken_as_they_are() -> None:
    reader = TextReader(20)
    assert reader.column(["甲", "", "乙"]) == ["甲", "", "乙"]
    assert reader.remarked(["甲", "", "乙"]) == []
    assert reader.column(["甲", "#N/A", "无"]) == ["甲", "", ""]
    assert [index for index, _ in reader.remarked(["甲", "#N/A", "无"])] == [1, 2]
    assert NameReader(20).column(["淮南 公司", "乙"]) == ["淮南公司", "乙"]
    assert NumberReader(20).column(["1", "２"]) == ["1", "2"]


def test_shown_drops_the_fraction_of_whole_numbers() -> None:
    assert [shown(46308.0), shown(46308.5), shown("x"), shown(float("inf"))] == [
        "46308",
        "46308.5",
        "x",
        "inf",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "(淮)应急罚[2026]1号",
        "（淮）应急罚(2026)1号",
        "(淮)应急罚（2026）1号",
        "（淮）应急罚【2026】1号",
        "（淮）应急罚［ 2026 ］1号",
        "（淮）应急罚〔 2026 〕1号",
        "（淮）应急罚〔2026]1号",
        "（淮）应急罚﹝2026﹞1号",
        "（淮）应急罚<2026>1号",
    ],
)
def test_brackets_of_a_number_are_set_right(typed: str) -> None:
    reader = DocumentNumberReader(128)
    assert reader.column([typed, "（淮）应急罚〔2026〕2号"]) == [
        "（淮）应急罚〔2026〕1号",
        "（淮）应急罚〔2026〕2号",
    ]
    assert [remark.code for remark in reader.remarks[typed]] == ["number_brackets"]
    assert list(reader.remarks) == [typed]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("罚款", "罚款"),
        ("警告；罚款", "警告；罚款"),
        ("警告;罚款", "警告；罚款"),
        ("警告、罚款;", "警告；罚款"),
        ("没收违法所得、没收非法财物", "没收违法所得；没收非法财物"),
        ("罚款;其他-责令改正;限期拆除", "罚款；其他-责令改正;限期拆除"),
    ],
)
def test_categories_are_parted_in_one_way(typed: str, value: str) -> None:
    reader = CategoryReader(256)
    assert reader.column([typed]) == [value]
    wanted = [] if typed == value else ["wording"]
    assert [remark.code for remark in reader.remarks.get(typed, [])] == wanted
