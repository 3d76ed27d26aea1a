"""Import the acceptable rows of a workbook without a browser; the same steps as on the desk."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.commands import ScriptCommand
from publicity import services
from publicity.intake.answers import answer
from publicity.intake.check import check_workbook
from publicity.models import ImportBatch
from publicity.services.bulk import check_context
from publicity.services.intake import departments_to_file_for, find_twin


class Command(ScriptCommand):
    help = "检查并导入双公示表格中可导入的行；有误和需确认的行不导入"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="表格文件（.xlsx）")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="录入员用户名")
        parser.add_argument("--kind", choices=["penalty", "permit"], help="省略时按表头判断")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user, department = self.clerk(options["user"])
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件 {path}。")
        context = check_context(departments_to_file_for(user))
        check = check_workbook(path, path.name, options["kind"], context)
        document = answer(check, list(check))
        batch, imported = load(path, check.kind, department, user)
        document |= {
            "batch": batch.pk,
            "imported": imported,
            "existing": batch.accepted - imported,
        }
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        self.stdout.write(
            f"第 {batch.pk} 批：导入 {imported} 条，系统中已有 {document['existing']} 条，"
            f"需确认 {batch.to_confirm} 条，有误 {batch.rejected} 条。"
        )

    def clerk(self, username: str) -> tuple[User, Department]:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有用户“{username}”，请核对用户名。")
        department = policy.departments_for(user, Permission.DECISION_EDIT).first()
        if department is None:
            raise CommandError(f"{user}没有录入双公示信息的权限。")
        return user, department


def load(path: Path, kind: str, department: Department, user: User) -> tuple[ImportBatch, int]:
    """The batch and how many decisions this run added; the same bytes again add none."""
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    batch = find_twin(kind=kind, upload=upload, department=department)
    if batch is None:
        batch = services.receive_workbook(kind=kind, upload=upload, department=department, by=user)
    batch = services.check_batch(batch=batch)
    with transaction.atomic():
        # Two runs at once: the lock says which of them did it.
        before = ImportBatch.objects.select_for_update().get(pk=batch.pk).imported
        batch = services.import_batch(batch=batch, by=user)
    return batch, batch.imported - before
