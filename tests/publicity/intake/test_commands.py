"""The two commands that others script against."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from .builders import PENALTY, PERMIT, table, workbook
from .conftest import DATA, context_on

SAMPLE = DATA / "penalties-2026-10.xlsx"


def run(name: str, *arguments: str | Path) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def answer(*arguments: str | Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run("check_decisions", *arguments, "--json"))
    return document


@pytest.mark.usefixtures("city")
def test_check_decisions_answers_as_expected_for_every_row() -> None:
    document = answer(SAMPLE, "--today", "2026-11-02")
    assert document["counts"] == {
        "rows": 1000,
        "accept": 963,
        "confirm": 2,
        "reject": 35,
        "late": 811,
    }
    assert (document["kind"], document["sheet"], document["header_row"]) == ("penalty", "数据", 3)
    expected = json.loads((DATA / "penalties-2026-10.expected.json").read_text())["rows"]
    keys = ("row", "verdict", "why", "deadline", "normalise")
    assert [[row[key] for key in keys] for row in document["rows"]] == [
        [row.get(key) for key in keys] for row in expected
    ]
    assert document["rows"][14]["problems"][0]["row"] == 18


@pytest.mark.usefixtures("context")
def test_check_decisions_in_words(tmp_path: Path) -> None:
    rows = table("penalty", PENALTY, PENALTY | {"fine_amount": None})
    rows[0].append("处室")
    path = tmp_path / "十月.xlsx"
    path.write_bytes(workbook(rows).getvalue())
    said = run("check_decisions", path, "--kind", "penalty", "--today", "2026-11-02")
    assert said.splitlines()[0] == "没有识别的列，未读取：“处室”。"
    assert "第 3 行（序号 2）有误：“罚款金额（万元）”" not in said
    assert "第 3 行（序号 2）有误：“处罚类别”含罚款" in said
    assert said.splitlines()[-1].endswith("可导入 1，需确认 0，有误 1；已超过最迟公示日 0。")


@pytest.mark.usefixtures("context")
def test_rows_without_serial_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook([line[1:] for line in table("permit", PERMIT, PERMIT)]).getvalue())
    assert [row["row"] for row in answer(path)["rows"]] == [1, 2]
    path.write_bytes(
        workbook([[line[0] and f"甲{line[0]}", *line[1:]] for line in table("permit", PERMIT)])
        .getvalue()
        .replace(b"", b"")
    )
    assert answer(path, "--today", "2026-11-02")["kind"] == "permit"


@pytest.mark.django_db
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_an_unreadable_file_ends_with_code_two(tmp_path: Path, flags: list[str]) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"")
    out = io.StringIO()
    with pytest.raises(CommandError, match="文件是空的") as error:
        call_command("check_decisions", str(path), *flags, stdout=out)
    assert error.value.returncode == 2
    assert bool(out.getvalue()) is bool(flags)
    with pytest.raises(CommandError, match="找不到文件"):
        run("check_decisions", tmp_path / "no.xlsx")


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("kind", "rows"), [("penalty", 1000), ("permit", 150)])
def test_a_made_workbook_gets_the_verdicts_that_come_with_it(
    tmp_path: Path, kind: str, rows: int
) -> None:
    path = tmp_path / "made.xlsx"
    said = run(
        "make_sample_workbook",
        "--kind",
        kind,
        "--rows",
        str(rows),
        "--out",
        path,
        "--as-of",
        "2026-11-02",
        "--expected",
    )
    assert said == f"已生成 {path}，共 {rows} 行。\n"
    expected = json.loads((tmp_path / "made.expected.json").read_text())["rows"]
    document = answer(path, "--today", "2026-11-02")
    keys = ("row", "verdict", "why", "deadline", "normalise")
    assert [[row[key] for key in keys] for row in document["rows"]] == [
        [row.get(key) for key in keys] for row in expected
    ]
    counts = document["counts"]
    assert (counts["accept"], counts["confirm"], counts["reject"]) == (
        (963, 2, 35) if kind == "penalty" else (150, 0, 0)
    )


@pytest.mark.usefixtures("city")
def test_a_made_workbook_is_named_after_its_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("make_sample_workbook", "--rows", "100", "--as-of", "2026-11-02")
    assert [path.name for path in tmp_path.iterdir()] == ["penalties-2026-11.xlsx"]
    assert context_on().today == dt.date(2026, 11, 2)


@pytest.mark.django_db
def test_nothing_is_made_without_firms_or_with_too_few_rows() -> None:
    with pytest.raises(CommandError, match="请先导入"):
        run("make_sample_workbook")
    with pytest.raises(CommandError, match="行数应在"):
        run("make_sample_workbook", "--rows", "5")
