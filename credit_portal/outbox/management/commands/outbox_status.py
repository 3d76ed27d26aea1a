"""Counts by state, the oldest pending message, the dead letters."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.selectors import OutboxStatus, status


class Command(BaseCommand):
    help = "报送情况：各状态条数、最早的待报送消息、报送失败的消息"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *args: Any, **options: Any) -> None:
        found = status()
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(in_words(found))


def in_words(found: OutboxStatus) -> str:
    lines = [f"{OutboxMessage.State(name).label}：{n}" for name, n in found.counts.items()]
    lines.append(f"等待前一版本：{found.blocked}")
    if found.oldest_pending_seconds is not None:
        lines.append(f"最早的待报送消息已等待 {found.oldest_pending_seconds} 秒")
    if found.paused_until is not None:
        lines.append(f"报送暂停至 {found.paused_until:%H:%M:%S}（UTC）")
    if found.incidents:
        lines.append(f"报送异常：{found.incidents}")
    lines += [
        f"报送失败：{letter.stream} 第{letter.sequence}版（{letter.reason}）"
        for letter in found.dead_letters
    ]
    return "\n".join(lines)
