import json

import pytest
from django.core.management import call_command
from django.db import OperationalError

from credit_portal.regulations import calendar as calendar_module
from credit_portal.regulations import loader
from credit_portal.regulations.calendar import load_calendar
from credit_portal.regulations.management.commands import explain_date
from credit_portal.regulations.models import CalendarYear

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def run(capsys):
    def running(*arguments):
        try:
            call_command(*arguments)
            code = 0
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err.strip()

    return running


@pytest.mark.parametrize(
    "start",
    ["2026-09-24", "20260924", "2026/9/24", "2026.9.24", "2026年9月24日", "２０２６－０９－２４"],
)
def test_a_date_as_json(run, start):
    code, out, err = run("explain_date", "publicity.deadline", start, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["result"], found["provisional"]) == ("2026-10-12", False)
    assert (found["rule"], found["start"]) == ("publicity.deadline", "2026-09-24")
    assert found["skipped"][0] == {"day": "2026-09-25", "name": "中秋节"}
    assert {"clause", "note", "confidence"} <= set(found)


def test_a_date_in_words(run):
    code, out, _ = run("explain_date", "publicity.deadline", "2026-12-31")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "规则：publicity.deadline（行政许可、行政处罚信息公示期限，有来源）"
    assert lines[2:4] == [
        "起算：2026-12-31（星期四），当日不计入",
        "结果：2027-01-12（星期二），暂定",
    ]
    assert lines[4].startswith("跳过：2027-01-01 元旦、2027-01-02 双休日")
    assert lines[5].startswith("说明：暂定：2027年放假安排尚未公布")


def test_a_date_without_anything_to_skip(run):
    _, out, _ = run("explain_date", "publicity.withdrawal", "2026-11-02")
    assert [line[:2] for line in out.splitlines()] == ["规则", "依据", "起算", "结果"]


def test_the_rules_are_listed(run):
    _, out, _ = run("explain_date", "--list")
    assert (
        "publicity.deadline  7个工作日  行政许可、行政处罚信息公示期限（有来源）"
        in out.splitlines()
    )
    _, out, _ = run("explain_date", "--list", "--json")
    rows = {row["rule"]: row for row in json.loads(out)["rules"]}
    assert rows["repair.accept"]["confidence"] == "unsure"
    assert rows["publicity.deadline"]["unit"] == "working_days"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["publicity.dedline", "2026-09-24"],
            "没有名为“publicity.dedline”的期限规则。是否指“publicity.deadline”？",
        ),
        (["x", "2026-09-24"], "没有名为“x”的期限规则。explain_date --list 列出全部规则。"),
        (["publicity.deadline", "2026-02-30"], "日期“2026-02-30”无法识别"),
        (["publicity.deadline", "tomorrow"], "日期“tomorrow”无法识别"),
        (["publicity.deadline", "2026-9/24"], "日期“2026-9/24”无法识别"),
        (["publicity.deadline", "1800-01-01"], "超出可推算范围"),
        (["publicity.deadline"], "请给出规则名称和起算日"),
        ([], "请给出规则名称和起算日"),
    ],
)
def test_a_refusal_is_one_sentence_and_code_2(run, arguments, sentence):
    code, out, err = run("explain_date", *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    code, out, err = run("explain_date", *arguments, "--json")
    assert code == 2
    assert json.loads(out) == {"error": err}


def test_a_wrong_rule_file_is_named(run, tmp_path, monkeypatch):
    (tmp_path / "deadlines.yaml").write_text("kind: poem", encoding="utf-8")
    monkeypatch.setattr(explain_date, "rules_on", lambda day: loader.read_rules(tmp_path))
    code, _, err = run("explain_date", "--list")
    assert code == 2
    assert err.startswith("规则文件有误：deadlines.yaml")


def test_a_database_that_is_away_is_said(run, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(calendar_module, "read_calendar", away)
    code, _, err = run("explain_date", "publicity.deadline", "2026-09-24")
    assert (code, err) == (2, "读不到工作日历：数据库没有启动或者尚未建表（migrate）。")


@pytest.fixture
def year_file(tmp_path, arrangement_2027):
    def writing(**changes):
        days = [
            {"day": row.day.isoformat(), "kind": row.kind, "name": row.name}
            for row in arrangement_2027
        ]
        path = tmp_path / "2027.json"
        content = {"year": 2027, "source": "放假通知", "days": days} | changes
        path.write_text(json.dumps(content), encoding="utf-8-sig")
        return str(path)

    return writing


def test_a_year_is_loaded_from_a_file(run, year_file):
    assert run("load_calendar", year_file()) == (0, "已载入：2027年。\n", "")
    assert load_calendar().is_loaded(2027)
    _, out, _ = run("load_calendar", year_file(), "--json")
    assert json.loads(out) == {"years": [2027]}


def test_missing_years_come_from_the_package(run):
    assert run("load_calendar", "--package")[1] == "没有需要载入的年份。\n"
    CalendarYear.objects.filter(year=2026).delete()
    assert run("load_calendar", "--package")[1] == "已载入：2026年。\n"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": []}, "2027年放假安排缺少法定节假日"),
        ({"days": [{"day": "2027-13-01", "kind": "rest", "name": "元旦"}]}, "不符合格式"),
        ({"days": [{"day": "2027-01-01"}]}, "不符合格式"),
        ({"days": 3}, "不符合格式"),
        ({"year": "next"}, "不符合格式"),
    ],
)
def test_a_wrong_file_is_refused(run, year_file, changes, sentence):
    code, _, err = run("load_calendar", year_file(**changes))
    assert code == 2
    assert sentence in err
    assert not load_calendar().is_loaded(2027)


def test_a_file_that_is_no_json_or_not_there_is_refused(run, tmp_path):
    (tmp_path / "x.json").write_text("[", encoding="utf-8")
    assert "不是有效的 JSON" in run("load_calendar", str(tmp_path / "x.json"))[2]
    assert "无法读取" in run("load_calendar", str(tmp_path / "none.json"))[2]
    code, out, err = run("load_calendar", "--json")
    assert (code, json.loads(out)) == (2, {"error": err})
