"""`load_calendar FILE [--json]` takes in a year's holiday arrangement; `--package` those of the installed package.

The file: {"year": 2027, "source": "国务院办公厅关于…的通知（国办发明电〔2026〕…号）",
           "days": [{"day": "2027-01-01", "kind": "rest", "name": "元旦"}, …]}, kind "rest" or "work".
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from credit_portal.exceptions import Refusal
from credit_portal.regulations.seed import DayRow
from credit_portal.regulations.services import load_year, seed_from_package


def read_year(path: Path) -> tuple[int, str, list[DayRow]]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refusal(f"文件 {path} 无法读取：{error.strerror}。") from None
    except ValueError:
        raise Refusal(f"文件 {path} 不是有效的 JSON。") from None
    try:
        days = [
            DayRow(date.fromisoformat(item["day"]), str(item["kind"]), str(item["name"]))
            for item in raw["days"]
        ]
        return int(raw["year"]), str(raw["source"]), days
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(
            f"文件 {path} 的内容不符合格式（{error}），应有 year、source、days，每日有 day、kind、name。"
        ) from None


class Command(BaseCommand):
    help = "载入年度放假安排（JSON 文件）；--package 载入软件包已收录而系统尚无的年份。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="年度放假安排文件")
        parser.add_argument("--package", action="store_true", help="从软件包补齐尚未载入的年份")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            years = self.load(options["file"], package=options["package"])
        except Refusal as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": refusal.user_message}, ensure_ascii=False))
            self.stderr.write(refusal.user_message)
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps({"years": years}, ensure_ascii=False))
        else:
            told = "、".join(f"{year}年" for year in years)
            self.stdout.write(f"已载入：{told}。" if years else "没有需要载入的年份。")

    def load(self, file: Path | None, *, package: bool) -> list[int]:
        if package:
            return list(seed_from_package(by=None))
        if file is None:
            raise Refusal("请给出年度放假安排文件，或者使用 --package。")
        year, source, days = read_year(file)
        return [load_year(year=year, days=days, source=source, by=None).year]
