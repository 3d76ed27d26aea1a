"""`record_backup --file NAME --size BYTES --digest SHA256`, called by the script that has made a backup."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from credit_portal.exceptions import Refusal
from credit_portal.watch.services import record_backup


class Command(BaseCommand):
    help = "登记一次已完成的数据备份，供运行监测核对"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--file", required=True, help="备份文件名")
        parser.add_argument("--size", required=True, type=int, help="文件大小（字节）")
        parser.add_argument("--digest", required=True, help="文件的 SHA-256 值")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = record_backup(
                file=options["file"], size=options["size"], digest=options["digest"]
            )
        except Refusal as refusal:
            self.stderr.write(refusal.user_message)
            sys.exit(2)
        self.stdout.write(f"已登记备份 {made.file}。")
