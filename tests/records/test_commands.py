"""The commands that others script against."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from records.models import MarketEntity, RegistryImport
from records.services import registry as loading
from tests.factories.accounts import Cast
from tests.factories.records import KnownCodeFactory, valid_code
from tests.records.extracts import HEADER, csv_file

pytestmark = pytest.mark.django_db


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_check_code_as_json() -> None:
    KnownCodeFactory()
    answer = json.loads(run("check_code", "91110000802100433b", "91I10000802100433B", "--json"))
    assert answer == [
        {
            "code": "91110000802100433b",
            "valid": True,
            "normalised": "91110000802100433B",
            "kind": "企业",
            "position": None,
            "reason": "",
            "sentence": "",
            "notes": [{"note": "lowercase_code", "sentence": "小写字母已改为大写。"}],
        },
        {
            "code": "91I10000802100433B",
            "valid": False,
            "normalised": "91I10000802100433B",
            "kind": "",
            "position": 3,
            "reason": "uscc_charset",
            "sentence": "第 3 位“I”不是此处可用的字符：代码不使用字母 I、O、S、V、Z，可能是数字 1。"
            "请按营业执照核对。",
            "notes": [],
        },
    ]


def test_check_code_in_words() -> None:
    KnownCodeFactory()
    assert run("check_code", "91110000802100433B", "91340200149492322R", "1").splitlines() == [
        "91110000802100433B\t有效 企业",
        "91340200149492322R\t有效 企业\t该代码校验不符，但已由登记机关确认，可以使用。",
        "1\t无效 uscc_length\t统一社会信用代码应为 18 位，现为 1 位，少 17 位。请按营业执照核对。",
    ]


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "登记.csv"
    rows = [(valid_code(1), "焜屿商行"), ("1", "某商行"), ("2", "某商行")]
    path.write_bytes(csv_file(rows, HEADER[:2]).getvalue())
    return path


def test_import_entities_as_json(extract: Path, cast: Cast) -> None:
    cast.sysadmin  # noqa: B018 - makes the person
    answer = json.loads(run("import_entities", extract, "--json", "--as", "sysadmin"))
    problems = answer.pop("problems")
    assert answer == {
        "filename": "登记.csv",
        "dry_run": False,
        "rows": 3,
        "created": 1,
        "updated": 0,
        "renamed": 0,
        "unchanged": 0,
        "rejected": 2,
        "cleaned": 0,
        "omitted": 0,
    }
    assert [(p["row"], p["column"], p["reason"]) for p in problems] == [
        (3, "统一社会信用代码", "uscc_length"),
        (4, "统一社会信用代码", "uscc_length"),
    ]
    assert RegistryImport.objects.get().imported_by == cast.sysadmin


def test_import_entities_in_words(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MAX_PROBLEMS", 1)
    assert run("import_entities", str(extract), "--dry-run").splitlines() == [
        "共 3 行：新增 1，更新 0（更名 0），无变化 0，有误 2。",
        "仅检查，未写入。",
        "第 3 行“统一社会信用代码”：统一社会信用代码应为 18 位，现为 1 位，少 17 位。请按营业执照核对。",
        "另有 1 处问题未列出。",
    ]
    assert not MarketEntity.objects.exists()
    monkeypatch.undo()
    assert run("import_entities", str(extract)).count("\n") == 3
    assert MarketEntity.objects.count() == 1


def test_import_entities_refuses_in_words(tmp_path: Path, extract: Path) -> None:
    with pytest.raises(CommandError, match="找不到文件"):
        run("import_entities", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="没有用户名为“nobody”"):
        run("import_entities", str(extract), "--as", "nobody")
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(CommandError, match="文件是空的"):
        run("import_entities", str(empty))
    out = StringIO()
    with pytest.raises(CommandError, match="文件是空的"):
        call_command("import_entities", str(empty), "--json", stdout=out)
    assert "文件是空的" in json.loads(out.getvalue())["error"]
