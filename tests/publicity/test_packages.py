"""The workbook that is carried to the platform, and the sheet that comes back."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from credit_portal.containers import WorkbookRefused
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.municipal.transport import Outcome
from publicity import packages
from publicity.fields import fields_for
from publicity.packages import answer_template, read_answers, write_package
from publicity.services import withdraw
from tests.factories.publicity import make_penalty, make_permit, published

MORNING = dt.datetime(2026, 11, 27, 9)  # noqa: DTZ001 - as a cell has it
KEY = "14eebb07-4448-538a-add7-26baaa3bf2fa"


def sheet_of(*rows: list[Any], title: str = "答复") -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.title = "封面"
    page = book.create_sheet(title)
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def answer(**cells: Any) -> Any:
    sound = {"报送编号": KEY, "处理结果": "入库", "回执号": "HN1", "接收日期": "2026-11-27"} | cells
    (row,) = read_answers(sheet_of(list(sound), list(sound.values())))
    return row


@pytest.mark.django_db
def test_a_package_has_a_sheet_for_each_kind_in_national_order(team) -> None:
    first = published(make_penalty(team, facts="=1+1"), team)
    published(make_permit(team), team)
    withdraw(kind="penalty", pk=first.pk, by=team.head, reason="撤销")
    messages = list(OutboxMessage.objects.order_by("pk"))
    book = openpyxl.load_workbook(io.BytesIO(write_package("BS1", messages)))
    assert book.sheetnames == ["封面", "行政处罚", "行政许可"]
    assert [cell.value for cell in book["封面"][1]] == ["报送包", "BS1"]
    rows = list(book["行政处罚"].values)
    labels = [field.label for field in fields_for("penalty")]
    assert list(rows[0]) == ["报送编号", "操作", "版本", *labels]
    assert [row[:2] for row in rows[1:]] == [
        (str(message.key), word)
        for message, word in zip(
            [m for m in messages if m.kind == "penalty"], ("报送", "撤下"), strict=True
        )
    ]
    column = labels.index("违法事实") + 3
    assert rows[1][column] == "=1+1"
    assert book["行政处罚"].cell(2, column + 1).data_type == "s"


def test_one_kind_has_one_sheet() -> None:
    message = OutboxMessage(kind="permit", sequence=1, body='{"fields": {}}')
    assert openpyxl.load_workbook(io.BytesIO(write_package("x", [message]))).sheetnames == [
        *("封面", "行政许可")
    ]


def test_answers_are_found_on_whatever_sheet_and_line() -> None:
    file = sheet_of(
        ["市信用平台答复"],
        [],
        ["序号", "报送编号", "处理结果", "回执号", "接收日期", "退回代码", "退回原因"],
        [1, KEY.upper(), "入库", 20261127001, MORNING, None, None],
        [None] * 7,
        [2, KEY, "退回", None, None, 1005, None],
    )
    first, second = read_answers(file)
    assert (first.number, first.problem, first.answer.key) == (4, "", KEY)
    assert (first.answer.receipt, first.answer.received_on) == (
        *("20261127001", dt.date(2026, 11, 27)),
    )
    assert (second.number, second.answer.outcome, second.answer.code) == (
        *(6, Outcome.REJECTED, "1005"),
    )


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({}, ""),
        ({"接收日期": "2026/11/27"}, ""),
        ({"接收日期": "20261127"}, ""),
        ({"接收日期": dt.date(2026, 11, 27)}, ""),
        ({"处理结果": "处理中"}, "应为“入库”或“退回”"),
        ({"回执号": ""}, "没有回执号"),
        ({"回执号": "长" * 81}, "回执号过长"),
        ({"接收日期": "昨天"}, "没有接收日期"),
        ({"处理结果": "退回"}, "没有写明代码或原因"),
        ({"处理结果": "退回", "退回原因": "重复"}, ""),
    ],
)
def test_a_row_that_is_not_clear_is_said(cells: dict[str, Any], problem: str) -> None:
    found = answer(**cells).problem
    assert problem in found
    assert bool(problem) == bool(found)


def test_a_civil_day_of_the_reader_is_taken_as_it_is() -> None:
    assert packages.civil_day(dt.date(2026, 11, 27)) == dt.date(2026, 11, 27)


def test_the_sheet_we_offer_can_be_read() -> None:
    assert read_answers(io.BytesIO(answer_template())) == []


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (io.BytesIO(b"PK nothing"), ""),
        (sheet_of(["编号", "结果"]), "没有找到含有“报送编号”“处理结果”两列"),
    ],
)
def test_what_is_no_answer_sheet_is_refused(file: io.BytesIO, problem: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read_answers(file)
    assert problem in str(refused.value)


def test_a_broken_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that opens with a part inside that does not."""
    import zipfile

    whole = sheet_of(["报送编号", "处理结果"])
    broken = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, b"<x" if name == "xl/worksheets/sheet2.xml" else content)
    with pytest.raises(WorkbookRefused):
        read_answers(broken)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MOST_ROWS", 1)
    with pytest.raises(WorkbookRefused, match="超过 1 行"):
        read_answers(sheet_of(["报送编号", "处理结果"], ["a", "b"], ["c", "d"]))
