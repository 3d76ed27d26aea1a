"""Import the acceptable rows of a workbook without a browser; the same steps as on the desk."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from publicity import services
from publicity.intake.check import kind_of
from publicity.models import ImportBatch
from publicity.services.intake import find_twin


class Command(BaseCommand):
    help = "检查并导入双公示表格中可导入的行；有误和需确认的行不导入"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="表格文件（.xlsx）")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="录入员用户名")
        parser.add_argument("--kind", choices=["penalty", "permit"], help="省略时按表头判断")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch, imported = self.load(options)
        except Refusal as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": refusal.user_message}, ensure_ascii=False))
            raise CommandError(refusal.user_message, returncode=2) from refusal
        answer = told(batch, imported)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(
                f"第 {batch.pk} 批：导入 {imported} 条，系统中已有 {batch.existing} 条，"
                f"需确认 {batch.to_confirm} 条，有误 {batch.rejected} 条。"
            )

    def load(self, options: dict[str, Any]) -> tuple[ImportBatch, int]:
        """The batch and how many decisions this run added; the same bytes again add none."""
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有用户“{options['user']}”，请核对用户名。", returncode=2)
        department = policy.departments_for(user, Permission.DECISION_EDIT).first()
        if department is None:
            raise CommandError(f"{user}没有录入双公示信息的权限。", returncode=2)
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件 {path}。", returncode=2)
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        kind = options["kind"] or kind_of(path)
        batch = find_twin(kind=kind, upload=upload, department=department)
        if batch is None:
            batch = services.receive_workbook(
                kind=kind, upload=upload, department=department, by=user
            )
        batch = services.check_batch(batch=batch)
        before = batch.imported
        if batch.state == ImportBatch.State.REFUSED:
            raise Refusal(batch.refusal)
        batch = services.import_batch(batch=batch, by=user)
        return batch, batch.imported - before


def told(batch: ImportBatch, imported: int) -> dict[str, Any]:
    """Every row as `check_decisions` prints it, and what became of the batch."""
    return {
        "batch": batch.pk,
        "imported": imported,
        "existing": batch.existing,
        "counts": {
            "rows": batch.rows,
            "accept": batch.accepted,
            "confirm": batch.to_confirm,
            "reject": batch.rejected,
        },
        "rows": [
            {
                "row": int(line.serial) if line.serial.isdecimal() else line.serial,
                "sheet_row": line.sheet_row,
                "verdict": line.verdict,
                "why": [
                    problem["code"]
                    for problem in line.problems
                    if problem.get("severity") != "warn"
                ],
                "existing": line.existing,
            }
            for line in batch.lines.order_by("sheet_row")
        ],
    }
