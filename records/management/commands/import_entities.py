"""Load a registry extract."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credit_portal.accounts.models import User
from credit_portal.commands import ScriptCommand
from records.services import RegistryReport, import_registry


class Command(ScriptCommand):
    help = "导入市场主体登记信息（CSV 或 XLSX），按统一社会信用代码新增或更新"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="登记信息文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="输出一份 JSON")
        parser.add_argument("--as", dest="username", metavar="USER", help="以该用户的名义导入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = self.person(options["username"])
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        report = import_registry(source=path, filename=path.name, by=by, dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(in_words(report))

    def person(self, username: str | None) -> User | None:
        if not username:
            return None
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有用户名为“{username}”的在用账号。")
        return user


def in_words(report: RegistryReport) -> str:
    updated = f"更新 {report.updated}（更名 {report.renamed}）"
    lines = [
        f"共 {report.rows} 行：新增 {report.created}，{updated}，无变化 {report.unchanged}，有误 {report.rejected}。"
    ]
    if report.dry_run:
        lines.append("仅检查，未写入。")
    lines += [f"第 {p.row} 行“{p.column}”：{p.sentence}" for p in report.problems]
    if report.omitted:
        lines.append(f"另有 {report.omitted} 处问题未列出。")
    return "\n".join(lines)
