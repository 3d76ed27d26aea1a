"""Boxes of the decision form: dates in any writing, categories as ticks, amounts said in 元."""

import pytest
from django.http import QueryDict

from publicity.forms import DecisionForm
from publicity.widgets import CategoryBoxes, TypedDate, yuan

BOXES = CategoryBoxes()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("20210927", "2021-09-27"),
        ("2021年9月27日", "2021-09-27"),
        ("2021-9-27", "2021-09-27"),
        ("2021/09/27", "2021-09-27"),
        ("去年", "去年"),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_shown_in_one_writing(typed, shown):
    assert TypedDate().format_value(typed) == shown


def test_only_an_end_may_be_far(db):
    assert TypedDate(open_ended=True).format_value("2099-12-31") == "长期"
    assert TypedDate(open_ended=True).format_value("永久") == "长期"
    assert TypedDate().format_value("2099-12-31") == "2099-12-31"
    assert TypedDate().format_value("长期") == "长期"


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("c=罚款", "罚款"),
        ("c=警告&c=罚款", "警告；罚款"),
        ("c=其他&c=罚款&c_other=责令限期改正", "罚款；其他-责令限期改正"),
        ("c_other=责令限期改正", "其他-责令限期改正"),
        ("c=其他", "其他"),
        ("c=罚款;没收违法所得", "罚款;没收违法所得"),
        ("", ""),
    ],
)
def test_ticks_become_the_national_text(query, value):
    data = QueryDict(query.encode())
    assert BOXES.value_from_datadict(data, {}, "c") == value
    assert not BOXES.value_omitted_from_data(data, {}, "c")


@pytest.mark.parametrize("given", [{"c": ["警告", "罚款"]}, {"c": "警告；罚款"}])
def test_plain_dictionaries_too(given):
    assert BOXES.value_from_datadict(given, {}, "c") == "警告；罚款"
    assert BOXES.value_from_datadict({}, {}, "c") == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("罚款；没收违法所得", [["罚款", "没收违法所得"], ""]),
        ("警告;其他-责令限期改正", [["警告", "其他"], "责令限期改正"]),
        ("其它：训诫", [["其他"], "训诫"]),
        ("其他", [["其他"], ""]),
        (None, [[], ""]),
    ],
)
def test_the_national_text_becomes_ticks(text, parts):
    assert BOXES.decompress(text) == parts


def test_words_that_are_not_on_the_list_stay():
    page = CategoryBoxes().render("c", "罚款;暂扣许可证", {"id": "id_c"})
    assert 'value="暂扣许可证"' in page
    assert page.count(" checked") == 2
    assert 'value="暂扣许可证"' not in CategoryBoxes().render("c", "罚款", {})
    assert (BOXES.id_for_label("id_c"), BOXES.id_for_label("")) == ("id_c_0_0", "")


@pytest.mark.parametrize(
    ("wan", "words"),
    [
        ("3.2", "32,000 元"),
        ("0.0002", "2 元"),
        ("1,200", "12,000,000 元"),
        ("3万元", "30,000 元"),
        ("三万", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_amounts_are_said_in_yuan(wan, words):
    assert yuan(wan) == words


def test_only_amounts_are_said():
    places = {
        p.field.name: p
        for group in DecisionForm({"fine_amount": "2", "party_name": "3"}, kind="penalty").groups()
        for p in group.places
    }
    assert places["fine_amount"].yuan == "20,000 元"
    assert places["party_name"].yuan == ""
    assert places["party_code"].firm
