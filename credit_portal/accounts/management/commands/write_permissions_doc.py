"""`./portal manage write_permissions_doc`: docs/permissions.md from the table of roles."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from credit_portal.accounts.permissions_doc import page


class Command(BaseCommand):
    help = "Writes docs/permissions.md from credit_portal/accounts/roles.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs/permissions.md")

    def handle(self, *args: Any, **options: Any) -> None:
        options["to"].write_text(page(), encoding="utf-8")
        self.stdout.write(f"已写入 {options['to']}")
