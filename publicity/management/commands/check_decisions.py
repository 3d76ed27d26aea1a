"""Judge a workbook of decisions without importing it: `check_decisions FILE [--json]`.

Exit code 0 when the file could be read, whatever stands in it; 2 and a sentence when it could not.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.timezone import localdate

from credit_portal.accounts.models import Department
from credit_portal.commands import ScriptCommand
from publicity.intake.answers import answer
from publicity.intake.check import CheckedRow, WorkbookCheck, check_workbook
from publicity.intake.context import CheckContext
from publicity.intake.workbook import WorkbookRefused

VERDICTS = {"accept": "可导入", "confirm": "需确认", "reject": "有误"}


class Command(ScriptCommand):
    help = "检查双公示表格，不导入：逐行给出结论、原因和最迟公示日"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="表格文件（.xlsx 或 .csv）")
        parser.add_argument("--kind", choices=["penalty", "permit"], help="省略时按表头判断")
        parser.add_argument(
            "--today", type=dt.date.fromisoformat, metavar="DATE", help="视为今天的日期"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *args: Any, **options: Any) -> None:
        check = self.opened(options)
        rows = list(check)
        if options["json"]:
            self.stdout.write(json.dumps(answer(check, rows), ensure_ascii=False))
        else:
            self.tell(check, rows)

    def opened(self, options: dict[str, Any]) -> WorkbookCheck:
        path: Path = options["file"]
        if not path.is_file():
            raise WorkbookRefused(f"找不到文件 {path}。")
        organs = Department.objects.filter(is_active=True).values_list("pk", "uscc", "name")
        context = CheckContext(
            today=options["today"] or localdate(),
            authorities={uscc: (pk, name) for pk, uscc, name in organs},
        )
        return check_workbook(path, path.name, options["kind"], context)

    def tell(self, check: WorkbookCheck, rows: list[CheckedRow]) -> None:
        for notice in check.notices:
            self.stdout.write(notice)
        for row in rows:
            if row.verdict != "accept":
                sentences = "".join(
                    problem["sentence"] for problem in row.problems if problem["severity"] != "warn"
                )
                word = VERDICTS[row.verdict]
                self.stdout.write(f"第 {row.sheet_row} 行（序号 {row.serial}）{word}：{sentences}")
        summary = check.summary
        self.stdout.write(
            f"工作表“{check.sheet}”共 {summary.rows} 行：可导入 {summary.accepted}，"
            f"需确认 {summary.to_confirm}，有误 {summary.rejected}；已超过最迟公示日 {summary.late}。"
        )
