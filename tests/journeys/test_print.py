"""A list of the desk on paper: its conditions and rows, and nothing to press."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from credit_portal.accounts.models import Department, User
from credit_portal.demo.cast import EMERGENCY
from publicity.models import PenaltyDecision
from records.models import MarketEntity
from tests.factories.publicity import Team, make_penalty, submitted

from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

CONTROLS = (
    "全部清除",
    "去掉条件",
    "重置",
    "更多条件",
    "显示的列",
    "保存当前条件",
    "导出",
    "批量办理",
    "选择",
    "提交审核",
    "怎样算的",
    "起算日",
)


@pytest.fixture
def rows(city: None) -> None:
    names = ("clerk", "reviewer", "head")
    people = [User.objects.get(username=name) for name in names]
    team = Team(Department.objects.get(uscc=EMERGENCY), *people)
    firm = MarketEntity.objects.get(name="淮南市焜屿电梯维保有限公司")
    make_penalty(team, firm, number=118)
    submitted(make_penalty(team, firm, number=119), team)


def paper(person: Person, path: str, folder: Path) -> str:
    """The text of the page as it is printed, without blanks."""
    person.open(path)
    sheet = folder / "sheet.pdf"
    person.page.pdf(path=sheet, prefer_css_page_size=True)
    told = subprocess.run(["pdftotext", sheet, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", "", told.stdout)


@pytest.mark.parametrize("script", [True, False])
def test_a_filtered_list_tells_its_conditions(
    enter: Callable[..., Person], rows: None, tmp_path: Path, script: bool
) -> None:
    clerk = enter("clerk", script=script)
    text = paper(clerk, "/staff/publicity/penalty/?state=draft&mine=any", tmp_path)

    assert "当前条件：状态：草稿；经办范围：本部门全部" in text
    assert "118号" in text
    assert "119号" not in text
    assert f"{PenaltyDecision.objects.get(state='draft').deadline_on}" in text
    assert [words for words in CONTROLS if words in text] == []
    everything = paper(clerk, "/staff/publicity/penalty/", tmp_path)
    assert "当前条件" not in everything
    assert "119号" in everything


def test_paper_holds_no_blank_sheet_and_no_empty_conditions(
    enter: Callable[..., Person], rows: None, tmp_path: Path
) -> None:
    clerk = enter("clerk")
    text = paper(clerk, "/staff/publicity/penalty/print/?q=&state=draft&month=", tmp_path)
    assert "/staff/publicity/penalty/print/?state=draft" in text
    assert "month" not in text
    assert "罚款3.2万元" in text
    told = subprocess.run(
        ["pdfinfo", tmp_path / "sheet.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"Pages: +1\n", told)
    width, height = re.search(r"Page size: +([\d.]+) x ([\d.]+)", told).groups()
    assert float(width) > float(height)


def test_the_desk_tells_the_next_step_without_its_button(
    enter: Callable[..., Person], rows: None, tmp_path: Path
) -> None:
    text = paper(enter("clerk"), "/staff/", tmp_path)
    assert text.replace("核对后提交审核", "").count("提交审核") == 1
    assert "导入表格" not in text
