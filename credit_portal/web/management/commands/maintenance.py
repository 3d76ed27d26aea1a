"""`./portal manage maintenance on --until 18:00 --reason 升级数据库`, `off`, `status`."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from credit_portal.commands import ScriptCommand
from credit_portal.web import maintenance

LONGEST_REASON = 200


class Command(ScriptCommand):
    help = "Closes the site for maintenance (503 with the reason and the end in words) and opens it again."
    requires_system_checks: list[str] = []  # works while the database is away

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("switch", choices=["on", "off", "status"])
        parser.add_argument("--until", default="", help="planned end: 18:00 or 2026-11-30 06:00")
        parser.add_argument("--reason", default="", help="shown to visitors")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["switch"] == "on":
            reason = options["reason"].strip()
            if len(reason) > LONGEST_REASON:
                raise CommandError(f"--reason 最多 {LONGEST_REASON} 字。")
            until = end_of(options["until"].strip(), timezone.localtime())
            maintenance.close(reason=reason, until=until, by=getpass.getuser())
        elif options["switch"] == "off":
            maintenance.reopen()
        self.stdout.write(self.report(as_json=options["json"]))

    def report(self, *, as_json: bool) -> str:
        notice = maintenance.current()
        if as_json:
            answer: dict[str, object] = {"on": notice is not None}
            answer |= {"until": notice.until, "reason": notice.reason} if notice else {}
            return json.dumps(answer, ensure_ascii=False)
        if notice is None:
            return "网站开放。"
        end = f"，预计 {notice.ends_at:%Y-%m-%d %H:%M} 恢复" if notice.ends_at else ""
        return f"网站已关闭维护{end}。恢复：./portal manage maintenance off"


def end_of(text: str, now: dt.datetime) -> dt.datetime | None:
    """The planned end; a time alone is the next time the clock shows it."""
    if not text:
        return None
    try:
        if len(text) <= len("18:00"):
            clock = dt.time.fromisoformat(text.zfill(len("18:00")))
            end = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
            return end if end > now else end + dt.timedelta(days=1)
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("--until 请写成 18:00 或 2026-11-30 06:00。") from error
    end = moment if moment.tzinfo else timezone.make_aware(moment)
    if end <= now:
        raise CommandError(f"--until {text} 已经过去，请填写以后的时间。")
    return end
