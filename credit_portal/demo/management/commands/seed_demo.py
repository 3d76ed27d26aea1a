"""Build the demo city: departments, firms, people and a year of decisions that ends today."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credit_portal.accounts import services as accounts
from credit_portal.accounts.models import Department
from credit_portal.demo import cast, history, register, settling
from credit_portal.demo.registry import synthetic_firms
from publicity.models import DECISION_MODELS
from records import services as records
from records.models import MarketEntity

DATA = Path(__file__).resolve().parents[2] / "data"
REGISTRY = DATA / "market-entities.gbk.csv"
EXTRA_FIRMS = 700


class Command(BaseCommand):
    help = "建立演示数据（仅用于演示和测试）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=history.DAYS, help="决定的天数，截至今天")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("正式环境不能载入演示数据。")
        if Department.objects.exists():
            raise CommandError("已有数据。如需重新开始，请使用 ./portal demo --reset。")
        today = timezone.localdate()
        rows = json.loads((DATA / "departments.json").read_text(encoding="utf-8"))
        accounts.import_departments(rows=rows)
        self.say(f"部门 {Department.objects.count()} 个")
        records.import_registry(source=REGISTRY, filename=REGISTRY.name, by=None)
        codes = list(MarketEntity.objects.order_by("pk").values_list("code", flat=True))
        records.import_rows(synthetic_firms(EXTRA_FIRMS, seed=21), by=None)
        self.say(f"市场主体 {MarketEntity.objects.count()} 家")
        for person in cast.CAST:
            cast.hire(person, codes)
        cast.set_up_firms()
        cast.hire_rest()
        self.say("人员和角色就绪")
        total, public = history.write_year(today, options["days"])
        settling.settle_outbox(today)
        settling.fill_sandbox(settings.STATE_DIR / "sandbox")
        settling.write_trail(
            {m._meta.label_lower: m._meta.db_table for m in DECISION_MODELS.values()}
        )
        self.say(f"文号规则 {register.write_register(today)} 条")
        self.say(f"一年的决定 {total} 条，其中公示中 {public} 条")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
