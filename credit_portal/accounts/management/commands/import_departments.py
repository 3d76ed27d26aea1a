"""`./portal manage import_departments FILE [--json]`: add and correct departments by their codes."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from credit_portal.accounts.services import import_departments
from credit_portal.commands import ScriptCommand


class Command(ScriptCommand):
    help = "Loads departments from a JSON list; upsert by unified social credit code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--json", action="store_true", help="one JSON document on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = import_departments(rows=read(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(counts.as_json(), ensure_ascii=False, indent=1))
            return
        for problem in counts.problems:
            self.stdout.write(f"第 {problem.row} 项：{problem.sentence}")
        self.stdout.write(
            f"新增 {counts.created}，更新 {counts.updated}，未变 {counts.unchanged}，"
            f"有误 {len(counts.problems)}。"
        )


def read(file: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"无法读取文件 {file}，请检查路径和权限。") from error
    except ValueError as error:
        raise CommandError(f"{file} 不是有效的 UTF-8 编码 JSON 文件，请检查内容和编码。") from error
    if not isinstance(rows, list):
        raise CommandError(f"{file} 应为部门的列表（[…]）。")
    return rows
