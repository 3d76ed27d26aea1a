"""One row: what is cleaned and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from records.registry_rows import RowCleaner, one_line
from tests.factories.records import valid_code

CODE = valid_code(1)
COLUMNS = {
    "code": 0,
    "name": 1,
    "legal_representative": 2,
    "division_code": 3,
    "established_on": 4,
    "status": 5,
    "address": 6,
}
GOOD: dict[str, Any] = {
    "code": CODE,
    "name": "淮南焜屿商贸有限公司",
    "legal_representative": "王静",
    "division_code": "340403",
    "established_on": "2015/05/20",
    "status": "存续",
    "address": "洞山路1号",
}


def clean(**changes: Any) -> dict[str, Any]:
    cleaner = RowCleaner(COLUMNS, {"91340200149492322R": "登记机关已核实"})
    values, problems = cleaner.clean(7, list((GOOD | changes).values()))
    if values is None:
        return {problem.column: (problem.row, problem.reason) for problem in problems}
    return dict(zip(cleaner.fields, values, strict=True))


def test_a_good_row() -> None:
    assert clean() == GOOD | {
        "code_note": "",
        "search_name": "淮南焜屿商贸有限公司",
        "established_on": dt.date(2015, 5, 20),
    }


@pytest.mark.parametrize(
    "written",
    [
        "2015-5-20",
        "2015/05/20",
        "2015.05.20",
        "20150520",
        "2015年5月20日",
        "2015-05-20 00:00:00",
        "2015-05-20T08:00:00.000Z",
        " 2015-05-20 ",
        42144.0,
        "42144",
        dt.date(2015, 5, 20),
        dt.datetime(2015, 5, 20, 12),  # noqa: DTZ001 - as a workbook has it
    ],
)
def test_dates_in_many_spellings(written: Any) -> None:
    assert clean(established_on=written)["established_on"] == dt.date(2015, 5, 20)


@pytest.mark.parametrize("blank", ["", "/", "无", None, "—"])
def test_nothing_is_written_in_many_ways(blank: Any) -> None:
    row = clean(established_on=blank, legal_representative=blank, status=blank)
    assert (row["established_on"], row["legal_representative"], row["status"]) == (None, "", "存续")


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("存续（在营、开业、在册）", "存续"),
        ("在业", "存续"),
        ("已注销", "注销"),
        ("吊销，未注销", "吊销"),
        ("迁往市外", "迁出"),
        ("清算", "其他"),
    ],
)
def test_status_words(written: str, status: str) -> None:
    assert clean(status=written)["status"] == status


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"code": "9.13E+17"}, {"统一社会信用代码": (7, "uscc_scientific")}),
        ({"code": 9.13404e17}, {"统一社会信用代码": (7, "uscc_scientific")}),
        ({"code": "340421198709120041"}, {"统一社会信用代码": (7, "uscc_is_id_number")}),
        ({"code": CODE[:-1]}, {"统一社会信用代码": (7, "uscc_length")}),
        ({"name": " "}, {"企业名称": (7, "missing_required")}),
        ({"name": "长" * 201}, {"企业名称": (7, "too_long")}),
        ({"name": "㈱" * 100}, {"企业名称": (7, "too_long")}),
        ({"name": "340421198709120041号商行"}, {"企业名称": (7, "id_number_in_text")}),
        (
            {"legal_representative": "王静340421198709120041"},
            {"法定代表人": (7, "id_number_in_text")},
        ),
        ({"legal_representative": "静" * 101}, {"法定代表人": (7, "too_long")}),
        ({"address": "长" * 301}, {"住所": (7, "too_long")}),
        ({"division_code": "田家庵"}, {"行政区划代码": (7, "division_code")}),
        ({"established_on": "15/5/20"}, {"成立日期": (7, "date_unreadable")}),
        ({"established_on": "2015-02-30"}, {"成立日期": (7, "date_unreadable")}),
        ({"established_on": "2999-01-01"}, {"成立日期": (7, "date_out_of_range")}),
        ({"established_on": "1899-12-31"}, {"成立日期": (7, "date_out_of_range")}),
        (
            {"code": "", "established_on": "?"},
            {"统一社会信用代码": (7, "uscc_length"), "成立日期": (7, "date_unreadable")},
        ),
    ],
)
def test_faults(changes: dict[str, Any], problems: dict[str, tuple[int, str]]) -> None:
    assert clean(**changes) == problems


def test_a_known_code_brings_its_reason() -> None:
    row = clean(code="91340200149492322r")
    assert (row["code"], row["code_note"]) == ("91340200149492322R", "登记机关已核实")


@pytest.mark.parametrize("cells", [[], ["", None], [" ", "\t", "", "\u3000"]])
def test_a_blank_row_is_neither_good_nor_faulty(cells: list[Any]) -> None:
    assert RowCleaner(COLUMNS, {}).clean(9, cells) == (None, [])


def test_a_short_row_lacks_only_its_last_cells() -> None:
    values, _ = RowCleaner(COLUMNS, {}).clean(9, [CODE, "焜屿"])
    assert values == [CODE, "", "焜屿", "焜屿", "", "", None, "存续", ""]


def test_cleaned_codes_are_counted() -> None:
    cleaner = RowCleaner({"code": 0, "name": 1}, {})
    for code in (CODE, CODE.lower(), f" {CODE}"):
        cleaner.clean(1, [code, "焜屿"])
    assert cleaner.cleaned == 2


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (340403.0, "340403"),
        (1.5, "1.5"),
        ("淮南市\n焜屿\r\n商贸", "淮南市焜屿商贸"),
        ("\u3000A\u3000\tB\u200b ", "A B"),
        (None, ""),
    ],
)
def test_one_line(cell: Any, text: str) -> None:
    assert one_line(cell) == text
