"""The three rates of a month, with their numerators and denominators."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credit_portal.accounts.models import Department
from credit_portal.commands import ScriptCommand
from publicity.filters import read_month
from publicity.selectors.rates import Counts, board
from records.codes import normalise_code


class Command(ScriptCommand):
    help = "按部门列出某月的上报率、合规率、及时率"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="决定作出的月份")
        parser.add_argument("--department", metavar="CODE", help="只列一个部门（统一社会信用代码）")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        month = read_month(options["month"])
        if month is None:
            raise CommandError(f"月份“{options['month']}”无法识别，请写成 2026-10。")
        department = None
        if options["department"]:
            code = normalise_code(options["department"])
            department = Department.objects.filter(uscc=code).first()
            if department is None:
                raise CommandError(f"没有代码为 {options['department']} 的部门，请核对。")
        result = board(month=month, user=None, department=department)
        rows = [
            {"department": line.department.uscc, "name": line.department.name}
            | told(line.counts, result.month)
            for line in result.lines
        ]
        answer = {
            "month": f"{month:%Y-%m}",
            **told(result.total, result.month),
            "departments": rows,
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            return
        for row in [*rows, {"name": "合计", **told(result.total, result.month)}]:
            parts = [
                f"{rate['title']} {rate['percent']}（{rate['numerator']}/{rate['denominator']}）"
                for rate in row["rates"].values()
            ]
            self.stdout.write(f"{row['name']}　{'　'.join(parts)}")


def told(counts: Counts, month: Any) -> dict[str, Any]:
    return {
        "rates": {
            rate.name: {
                "title": rate.label,
                "numerator": rate.numerator,
                "denominator": rate.denominator,
                "value": rate.numerator / rate.denominator if rate.denominator else None,
                "percent": rate.percent,
            }
            for rate in counts.rates(month)
        }
    }
