"""Deliver without Celery: keep polling, or stop when nothing is due."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from credit_portal.outbox import services


class Command(BaseCommand):
    help = "不经 Celery 报送到期消息；--once 处理完到期消息后退出"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="没有到期消息时退出")
        parser.add_argument("--every", type=float, default=1.0, help="轮询间隔（秒）")

        parser.add_argument("--limit", type=int, help="每轮最多报送的条数")

    def handle(self, *args: Any, **options: Any) -> None:
        services.sweep()
        while True:
            report = services.drain(limit=options["limit"])
            done = report.settled
            if report.batches:
                self.stdout.write(
                    f"已报送 {report.sent} 条：入库 {done.accepted}，退回 {done.rejected}，"
                    f"待重试 {done.retried}，失败 {done.dead}"
                )
            if report.batches == 0:
                if options["once"]:
                    return
                time.sleep(options["every"])
                services.sweep()
