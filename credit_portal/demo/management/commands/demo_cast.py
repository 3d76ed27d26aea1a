"""Print the demo's logins."""

import json
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand, CommandParser

from credit_portal.demo.cast import CAST, PASSWORD, login_lines, totp_secret


class Command(BaseCommand):
    help = "列出演示账号；--code USER 打印该账号当前的动态口令"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--code", metavar="USER", help="打印该账号当前的动态口令")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            value = hotp_value(totp_secret(options["code"]), int(time.time()) // 30)
            self.stdout.write(format_hotp_value(value))
        elif options["json"]:
            people = [
                {
                    "username": person.username,
                    "name": person.name,
                    "role": person.role.value,
                    "password": PASSWORD,
                    "totp_secret": totp_secret(person.username) if person.firm < 0 else "",
                }
                for person in CAST
            ]
            self.stdout.write(json.dumps(people, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(login_lines()))
