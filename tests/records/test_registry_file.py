"""Which files are read, and the sentence for each that is not."""

from __future__ import annotations

import io
import zipfile

import pytest

from records.exceptions import RegistryRefused
from records.registry_file import open_registry
from tests.records.extracts import HEADER, csv_file, xlsx_file

ROW = ("91110000802100433B", "淮南渟䶮商贸有限公司")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_encoding(encoding: str, delimiter: str) -> None:
    table = open_registry(csv_file([ROW], HEADER[:2], encoding, delimiter))
    assert table.columns == {"code": 0, "name": 1}
    assert list(table.rows) == [(2, list(ROW))]


def test_the_header_may_follow_a_title_and_bear_other_names_and_another_order() -> None:
    file = csv_file(
        [
            ("名称*", "备注", "统一社会信用代码（注册号）", "法定代表人（负责人）"),
            (ROW[1], "x", ROW[0], "王静"),
        ],
        header=("登记信息一览表", "", "", ""),
    )
    table = open_registry(file)
    assert table.columns == {"name": 0, "code": 2, "legal_representative": 3}
    assert [number for number, _ in table.rows] == [3]


def test_of_two_columns_of_one_meaning_the_first_counts() -> None:
    assert open_registry(csv_file([], ("信用代码", "名称", "企业名称"))).columns == {
        "code": 0,
        "name": 1,
    }


def test_a_file_stays_open_for_its_owner() -> None:
    file = csv_file([ROW], HEADER[:2])
    list(open_registry(file).rows)
    assert not file.closed


def test_a_file_may_be_closed_before_all_is_read() -> None:
    file = csv_file([ROW, ROW], HEADER[:2])
    table = open_registry(file)
    file.close()
    del table


def test_a_workbook_is_read_from_the_sheet_with_the_header() -> None:
    table = open_registry(xlsx_file([("填表说明",)], [], [("登记信息",), (), HEADER[:2], ROW]))
    assert table.columns == {"code": 0, "name": 1}
    assert list(table.rows) == [(4, list(ROW))]


def zipped(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b""), "文件是空的"),
        (io.BytesIO(bytes(range(256)) * 40), "不是 CSV 或 Excel"),
        (io.BytesIO(b"a,b\n\x00\x01,c"), "不是 CSV 或 Excel"),
        (io.BytesIO("统一社会信用代码".encode("utf-8-sig") + b"\xff"), "不是 CSV 或 Excel"),
        (
            io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")),
            "Word",
        ),
        (zipped("word/document.xml", b"<x/>"), "不是 .xlsx"),
        (zipped("xl/workbook.xml", b"no xml"), "已损坏"),
        (zipped("xl/workbook.xml", b"0" * 5_000_000), "过大"),
        (
            csv_file([], ("名称", "地址")),
            "“统一社会信用代码”、“企业名称”两列，文件第一行是“名称”、“地址”",
        ),
        (csv_file([], ("", "")), "（空白）"),
        (xlsx_file([("甲", "乙")]), "文件第一行是“甲”、“乙”"),
    ],
)
def test_another_file_is_refused_in_words(file: io.BytesIO, words: str) -> None:
    with pytest.raises(RegistryRefused) as refusal:
        open_registry(file)
    assert words in refusal.value.user_message


def test_a_quote_that_never_ends_is_named_by_its_row() -> None:
    file = csv_file([ROW, ("91110000802100433B", '"' + "长" * 140_000)], HEADER[:2])
    with pytest.raises(RegistryRefused, match="第 3 行"):
        list(open_registry(file).rows)
