"""Write a workbook like those that departments send, with today's dates and the firms of this database."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.timezone import localdate

from credit_portal.accounts.models import Department
from credit_portal.commands import ScriptCommand
from credit_portal.regulations.deadlines import explain
from publicity.intake.specimen import Firm, Line, Organ, Specimen, write_specimen
from records.models import MarketEntity

NAMES = {"penalty": "penalties", "permit": "permits"}
FIRMS = 2_000  # enough for any workbook


class Command(ScriptCommand):
    help = "生成一份与实际报送相仿的双公示表格（含常见差错），日期为近期，供演示和测试"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=["penalty", "permit"], default="penalty")
        parser.add_argument("--rows", type=int, default=1_000, help="数据行数，100 至 50000")
        parser.add_argument("--out", type=Path, help="输出文件，默认按月份命名")
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="填报日期，默认今天"
        )
        parser.add_argument("--seed", type=int, default=20261102, help="随机种子，相同种子内容相同")
        parser.add_argument(
            "--expected", action="store_true", help="同时写出每行应得的结论（.expected.json）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 100 <= options["rows"] <= 50_000:
            raise CommandError("行数应在 100 至 50000 之间。", returncode=2)
        day: dt.date = options["as_of"] or localdate()
        target: Path = options["out"] or Path(f"{NAMES[options['kind']]}-{day:%Y-%m}.xlsx")
        specimen = Specimen(
            options["kind"], firms(), organs(), day, rows=options["rows"], seed=options["seed"]
        )
        if not specimen.firms or not specimen.organs:
            raise CommandError("请先导入部门和市场主体。", returncode=2)
        target.touch()  # an address that cannot be written is said before the work, not after it
        lines = write_specimen(specimen, target)
        if options["expected"]:
            beside = target.with_suffix(".expected.json")
            beside.write_text(json.dumps(expected(lines), ensure_ascii=False, indent=1))
        self.stdout.write(f"已生成 {target}，共 {len(lines)} 行。")


def firms() -> list[Firm]:
    rows = MarketEntity.objects.filter(status=MarketEntity.Status.ACTIVE).order_by("code")
    named = rows.exclude(legal_representative="").values_list(
        "code", "name", "legal_representative"
    )
    return [Firm(*row) for row in named[:FIRMS] if not row[0].isdigit()]


def organs() -> list[Organ]:
    rows = Department.objects.filter(is_active=True, is_committee_office=False).exclude(mark="")
    return [Organ(*row) for row in rows.order_by("uscc").values_list("uscc", "name", "mark")]


def expected(lines: list[Line]) -> dict[str, Any]:
    """The same shape as the expectations that come with the samples."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        row: dict[str, Any] = {"row": line.serial, "verdict": line.verdict, "why": line.why}
        if line.normalise:
            row["normalise"] = line.normalise
        if line.verdict != "reject":
            row["deadline"] = explain("publicity.deadline", line.day).result.isoformat()
        rows.append(row)
    return {"header_row": 3, "first_data_row": 4, "sheet": "数据", "rows": rows}
