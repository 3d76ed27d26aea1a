"""Make the tables of the exchange database on the front-end machine."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credit_portal.outbox.municipal.exchange_tables import COMMENTS, TableTransport


class Command(BaseCommand):
    help = "在前置机数据库中建立交换表（已有的不动）"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MUNICIPAL["EXCHANGE_URL"]:
            raise CommandError("没有设置 PORTAL_EXCHANGE_URL。")
        way = TableTransport(settings.MUNICIPAL)
        try:
            way.create_tables()
        except psycopg.Error as error:
            raise CommandError(f"前置库未能完成操作：{error}") from error
        finally:
            way.close()
        for table, words in COMMENTS.items():
            self.stdout.write(f"{table}：{words}")
