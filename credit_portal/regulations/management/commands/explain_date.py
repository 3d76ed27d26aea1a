"""`explain_date RULE START [--json]`, `explain_date --list [--json]`. Exit code 2 and a sentence when refused."""

import argparse
import json
import re
import sys
import unicodedata
from datetime import date
from difflib import get_close_matches
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.timezone import localdate

from credit_portal.exceptions import Refusal
from credit_portal.regulations.deadlines import explain
from credit_portal.regulations.exceptions import RuleDataError
from credit_portal.regulations.loader import Parameter
from credit_portal.regulations.rules import rules_on
from credit_portal.regulations.shapes import CONFIDENCE

DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2})|年(\d{1,2})月(\d{1,2})日)")
WEEKDAYS = "一二三四五六日"


def read_date(text: str) -> date:
    found = DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        year, _, *parts = found.groups() if found else ("", "", "")
        month, day = (part for part in parts if part)
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Refusal(f"日期“{text}”无法识别，请写成 2026-09-24、20260924 或 2026/9/24。") from None


def with_weekday(day: date) -> str:
    return f"{day}（星期{WEEKDAYS[day.weekday()]}）"


def listed(rule: Parameter, today: date) -> dict[str, Any]:
    value = rule.on(today)
    return {
        "rule": rule.id,
        "title": rule.title,
        "event": rule.event,
        "value": value.value,
        "unit": value.unit,
        "from": value.begins.isoformat(),
        "clause": value.clause,
        "confidence": value.confidence,
        "note": value.note,
    }


class Command(BaseCommand):
    help = "按规则推算期限并说明依据：explain_date 规则 起算日；--list 列出规则。"
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("rule", nargs="?", help="规则名称，例如 publicity.deadline")
        parser.add_argument("start", nargs="?", help="起算日，例如 2026-09-24")
        parser.add_argument("--list", action="store_true", help="列出全部期限规则")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self.show_list(as_json=options["json"])
            else:
                self.show_date(options["rule"], options["start"], as_json=options["json"])
        except Refusal as refusal:
            self.refuse(refusal.user_message, as_json=options["json"])
        except RuleDataError as error:
            self.refuse(f"规则文件有误：{error}", as_json=options["json"])
        except DatabaseError:
            sentence = "读不到工作日历：数据库没有启动或者尚未建表（migrate）。"
            self.refuse(sentence, as_json=options["json"])

    def show_list(self, *, as_json: bool) -> None:
        today = localdate()
        rows = [listed(rule, today) for rule in rules_on(today).deadlines()]
        if as_json:
            self.stdout.write(json.dumps({"rules": rows}, ensure_ascii=False))
            return
        for rule in rules_on(today).deadlines():
            value = rule.on(today)
            mark = CONFIDENCE[value.confidence]
            self.stdout.write(f"{rule.id}  {value.amount}  {rule.title}（{mark}）")

    def show_date(self, rule: str | None, start: str | None, *, as_json: bool) -> None:
        if not rule or not start:
            raise Refusal("请给出规则名称和起算日；explain_date --list 列出全部规则。")
        self.known(rule)
        found = explain(rule, read_date(start))
        if as_json:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False))
            return
        title = rules_on(found.start).title(rule)
        skipped = "、".join(f"{item.day} {item.name}" for item in found.skipped)
        self.stdout.write(f"规则：{rule}（{title}，{CONFIDENCE[found.confidence]}）")
        self.stdout.write(f"依据：{found.clause}")
        self.stdout.write(f"起算：{with_weekday(found.start)}，当日不计入")
        self.stdout.write(
            f"结果：{with_weekday(found.result)}{'，暂定' if found.provisional else ''}"
        )
        if skipped:
            self.stdout.write(f"跳过：{skipped}")
        if found.note:
            self.stdout.write(f"说明：{found.note}")

    def known(self, rule: str) -> None:
        names = [parameter.id for parameter in rules_on(localdate()).deadlines()]
        if rule in names:
            return
        near = get_close_matches(rule, names, n=1)
        hint = f"是否指“{near[0]}”？" if near else ""
        raise Refusal(f"没有名为“{rule}”的期限规则。{hint}explain_date --list 列出全部规则。")

    def refuse(self, sentence: str, *, as_json: bool) -> NoReturn:
        if as_json:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        self.stderr.write(sentence)
        sys.exit(2)
