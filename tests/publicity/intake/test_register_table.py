"""The table of cases: headings, states, and what is wrong with a row."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from publicity.intake.register import CaseJudge, open_register
from publicity.intake.workbook import WorkbookRefused

from .builders import workbook

HEADER = ["案件编号", "当事人", "决定日期", "决定书文号", "种类", "办理状态"]
GOOD = ["案1", "甲公司", "2026-10-09", "（淮）应急罚〔2026〕1号", "行政处罚", "结案"]
TODAY = dt.date(2026, 11, 20)


def read(rows, *, kind="", filename="cases.xlsx", source=None):
    table = open_register(source or workbook(rows), filename)
    judge = CaseJudge(table, kind=kind, today=TODAY)
    return [row for row in map(judge.judge, table) if row is not None]


def row(**facts):
    places = ("case_number", "party_name", "decided_on", "document_number", "kind", "state")
    cells = list(GOOD)
    for name, value in facts.items():
        cells[places.index(name)] = value
    return cells


def test_titles_footers_blanks_and_second_headers_are_no_cases():
    rows = [
        ["2026年执法案件台账"],
        HEADER,
        GOOD,
        [],
        HEADER,
        row(case_number="案2", state="立案调查中", decided_on=None, document_number=None),
        ["审核：李伟", "电话：0554-1234567"],
        ["", "", "", "", "", "", "列外的字"],
    ]
    found = read(rows)
    assert [(one.sheet_row, one.values["case_number"], one.values["state"]) for one in found] == [
        (3, "案1", "decided"),
        (6, "案2", "open"),
    ]
    assert found[0].problems == found[1].problems == []


def test_other_headings_in_any_order_also_as_csv():
    text = "序号,行政处罚决定日期,被处罚人,案 号,行政处罚决定书文号\n1,2026年10月9日,甲公司,案1,罚〔2026〕1号\n"
    (found,) = read([], kind="penalty", filename="a.csv", source=io.BytesIO(text.encode("gb18030")))
    assert found.values == {
        "case_number": "案1",
        "party_name": "甲公司",
        "decided_on": "2026-10-09",
        "document_number": "罚〔2026〕1号",
        "kind": "penalty",
        "state": "decided",
    }


@pytest.mark.parametrize(
    ("words", "decided_on", "state"),
    [
        ("已结案", "2026-10-09", "decided"),
        ("未结案", None, "open"),
        ("不予处罚决定", None, "dropped"),
        ("销案", "2026-10-09", "dropped"),
        ("审批中", "2026-10-09", "decided"),  # with a day it is decided
        ("", "2026-10-09", "decided"),
        ("", None, "open"),
    ],
)
def test_states(words, decided_on, state):
    (found,) = read([HEADER, row(state=words, decided_on=decided_on)])
    assert (found.values["state"], found.problems) == (state, [])


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"case_number": ""}, "没有填写案件编号"),
        ({"party_name": "/"}, "没有填写行政相对人"),
        ({"decided_on": "十月九日"}, "请按 2026-10-09 的格式填写"),
        ({"decided_on": "2026-11-21"}, "晚于今天"),
        ({"decided_on": None}, "没有决定日期"),
        ({"kind": ""}, "没有填写种类"),
        ({"kind": "行政检查"}, "种类“行政检查”无法识别"),
        ({"state": "其他"}, "办理状态“其他”无法识别"),
        ({"case_number": "长" * 129}, "最多 128 个"),
    ],
)
def test_what_is_wrong_is_said_in_words(facts, sentence):
    (found,) = read([HEADER, row(**facts)])
    assert [one for one in found.problems if sentence in one["sentence"]], found.problems


def test_the_same_case_twice_is_one_unless_it_says_two_things():
    found = read([HEADER, GOOD, GOOD, row(party_name="乙公司")])
    assert [one.sheet_row for one in found] == [2, 4]
    assert "与第 2 行案件编号相同而内容不同" in found[1].problems[0]["sentence"]


def test_short_rows_and_absent_columns():
    (found,) = read([HEADER[:3], GOOD[:3]], kind="permit")
    assert (found.values["kind"], found.values["document_number"]) == ("permit", "")
    text = "案件编号,当事人,决定日期,文号\n案1,甲公司\n"
    (short,) = read([], kind="penalty", filename="a.csv", source=io.BytesIO(text.encode()))
    assert short.values["decided_on"] == ""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["甲", "乙"], ["1", "2"]], "没有找到表头"),
        ([["案件编号", "当事人", "文号", "状态"]], "表头缺少“决定日期”"),
    ],
)
def test_tables_that_are_refused(rows, words):
    with pytest.raises(WorkbookRefused, match=words):
        read(rows)


def test_a_table_has_its_limit(monkeypatch):
    from publicity.intake import register

    monkeypatch.setattr(register, "MAX_ROWS", 1)
    with pytest.raises(WorkbookRefused, match="最多 1 行"):
        read([HEADER, GOOD, row(case_number="案2")])
