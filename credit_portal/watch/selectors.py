"""What runs, what is late, what failed: worked out when it is asked, so that a dead checker is seen too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from credit_portal.outbox.selectors import last_accepted_at, oldest_pending_at, pause
from credit_portal.regulations.rules import delivery_rules
from publicity.selectors.clocks import overstayed

from .models import Backup, TaskRecord
from .rings import BACKUP, DELIVERY, OTHERS, RINGS, TAKE_DOWN, Ring

WORDS = {"fine": "正常", "late": "迟到", "failed": "失败", "never": "从未运行"}
LOOK = "请检查后台服务（worker 和 beat）是否在运行，并查看其日志。"
ADVICE = {
    "late": LOOK,
    "failed": "请按失败原因处理，并查看 worker 日志。下一次运行成功后自动恢复正常。",
}


@dataclass(frozen=True)
class Item:
    """One thing that is watched. `since`: from when on it has been as `state` says; unknown for what is fine."""

    key: str
    label: str
    every: str
    state: str
    red: bool
    last_success: dt.datetime | None = None
    since: dt.datetime | None = None
    detail: str = ""
    advice: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        if self.red:
            return "red"
        return "green" if self.state == "fine" else ""


def items(now: dt.datetime | None = None) -> tuple[Item, ...]:
    """Everything that is watched, in the order of what is missed first."""
    moment = now or timezone.now()
    records = {row.name: row for row in TaskRecord.objects.all()}
    known_since = TaskRecord.objects.aggregate(at=Min("first_at"))["at"]
    scheduled = (
        take_down(ring, records.get(name), known_since, moment)
        if name == TAKE_DOWN
        else task(name, ring, records.get(name), known_since, moment)
        for name, ring in RINGS.items()
    )
    return (*scheduled, delivery(moment), backup(known_since, moment))


def task(
    name: str,
    ring: Ring,
    record: TaskRecord | None,
    known_since: dt.datetime | None,
    now: dt.datetime,
) -> Item:
    """A scheduled task as its record says."""
    at = record.succeeded_at if record else None
    state, since = "fine", None
    if record and record.failing_since:
        state, since = "failed", record.failing_since
    elif at is None:
        return never(name, ring, known_since, now)
    elif now > (due := at + dt.timedelta(seconds=ring.threshold)):
        state, since = "late", due
    return Item(
        key=name,
        label=ring.label,
        every=interval(ring.every),
        state=state,
        red=state != "fine",
        last_success=at,
        since=since,
        detail=told(record, state) if record else "",
        advice=ADVICE.get(state, ""),
    )


def never(name: str, ring: Ring, known_since: dt.datetime | None, now: dt.datetime) -> Item:
    """A new installation has no past: red only when its time has come since anything ran, or nothing ever did."""
    due = known_since and known_since + dt.timedelta(seconds=ring.threshold)
    red = due is None or now > due
    return Item(
        key=name,
        label=ring.label,
        every=interval(ring.every),
        state="never",
        red=red,
        since=due if red else None,
        advice=LOOK if red else "尚未到首次运行的时间，无需处理。",
    )


def told(record: TaskRecord, state: str) -> str:
    if state == "failed":
        return f"{record.failure}。"
    # A task that answers a bare number left nothing but it.
    words = "" if record.outcome == str(record.done) else record.outcome
    count = "" if record.done is None else handled(record.done)
    seconds = "" if record.duration_ms is None else f"用时 {record.duration_ms / 1000:.1f} 秒"
    return "，".join(part for part in (words or count, seconds) if part)


def handled(count: int) -> str:
    return f"处理 {count} 条" if count else "没有需要处理的"


def take_down(
    ring: Ring, record: TaskRecord | None, known_since: dt.datetime | None, now: dt.datetime
) -> Item:
    """The task, and what it left: nothing whose period is over may still count as public."""
    item = task(TAKE_DOWN, ring, record, known_since, now)
    # What ended at midnight has until the task is late.
    day = timezone.localdate(now - dt.timedelta(seconds=ring.threshold))
    left = overstayed(day)
    detail = f"应撤未撤 {left} 条"
    if left and not item.red:
        item = replace(item, state="failed", red=True, since=None, advice=ADVICE["failed"])
    return replace(item, detail="；".join(filter(None, (item.detail, detail))))


def delivery(now: dt.datetime) -> Item:
    """Late when a message waits too long, or when sending has rested for some minutes because the platform does not
    answer. Where nothing is to be sent, nothing is late."""
    ring = OTHERS[DELIVERY]
    accepted, waiting = last_accepted_at(), oldest_pending_at()
    due = waiting and waiting + dt.timedelta(seconds=ring.threshold)
    rest = pause(now)
    alarm = dt.timedelta(minutes=delivery_rules(timezone.localdate(now)).circuit_alarm)
    if rest and waiting:
        due = min(filter(None, (due, rest.since + alarm)))
    late = due is not None and now > due
    quiet = "fine" if accepted else "never"
    waits = waiting and f"最早一条自 {timezone.localtime(waiting):%Y-%m-%d %H:%M} 起等待"
    return Item(
        key=DELIVERY,
        label=ring.label,
        every="有信息待报送时",
        state="late" if late else quiet,
        red=late,
        last_success=accepted,
        since=due if late else None,
        detail="；".join(filter(None, (waits or "没有等待报送的信息", rest.words if rest else ""))),
        advice="请检查市平台地址、密钥和网络，并与市平台联系；恢复后自动补送。" if late else "",
    )


def backup(known_since: dt.datetime | None, now: dt.datetime) -> Item:
    ring = OTHERS[BACKUP]
    last = Backup.objects.first()
    if last is None and settings.MODE == "demo":
        return replace(
            never(BACKUP, ring, known_since, now),
            red=False,
            since=None,
            detail="演示环境，未登记备份",
            advice="正式运行时请安排每日备份并登记（见运维手册）。",
        )
    if last is None:
        return replace(
            never(BACKUP, ring, known_since, now),
            detail="尚未登记过备份",
            advice="请安排每日备份，并在备份脚本末尾执行 record_backup 登记（见运维手册）。",
        )
    due = last.recorded_at + dt.timedelta(seconds=ring.threshold)
    late = now > due
    return Item(
        key=BACKUP,
        label=ring.label,
        every=interval(ring.every),
        state="late" if late else "fine",
        red=late,
        last_success=last.recorded_at,
        since=due if late else None,
        detail=f"{last.file}，{size_words(last.size)}，校验值 {last.digest[:8]}",
        advice="请检查备份脚本和磁盘空间，完成备份后执行 record_backup 登记。" if late else "",
    )


def size_words(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size:,} 字节"


def interval(seconds: int) -> str:
    """`每 10 分钟`."""
    for unit, word in ((24 * 3600, "天"), (3600, "小时"), (60, "分钟")):
        if seconds % unit == 0:
            count = seconds // unit
            return f"每{word}" if count == 1 and word != "小时" else f"每 {count} {word}"
    return f"每 {seconds} 秒"
