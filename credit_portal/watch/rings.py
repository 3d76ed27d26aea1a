"""What beat rings: how often, what it is called, and from when on its silence is too long.

Plain data without Django, since the clock reads it before anything is set up. The page shows a line for each of them,
so scheduled work cannot be added and forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
# A worker that restarts is away for a moment; shorter thresholds would cry at every upgrade.
SHORTEST = 2 * MINUTE


@dataclass(frozen=True)
class Ring:
    """`every` and `late_after` in seconds; late after twice the interval where nothing else is said."""

    label: str
    every: int
    late_after: int = 0

    @property
    def threshold(self) -> int:
        return self.late_after or max(2 * self.every, SHORTEST)


CHECK = "watch.check"
TAKE_DOWN = "publicity.expire_publications"
# In the order of what is missed first.
RINGS = {
    CHECK: Ring("后台运行自检", MINUTE),
    # One round may take as long as a task may run, four minutes.
    "outbox.drain": Ring("向市平台发送", 5, late_after=5 * MINUTE),
    "outbox.sweep": Ring("整理报送记录", MINUTE, late_after=5 * MINUTE),
    "publicity.check_deadlines": Ring("计算期限并提醒", 15 * MINUTE),
    "notices.send": Ring("发送邮件和短信", 30, late_after=10 * MINUTE),
    "portals.send_digests": Ring("每日待办摘要", 10 * MINUTE),
    TAKE_DOWN: Ring("撤下公示期满的信息", 10 * MINUTE),
    # Looks each minute whether files must be written, and writes them for a few minutes at most.
    "publicity.write_open_data": Ring("生成开放数据", MINUTE, late_after=10 * MINUTE),
    # Rings often and compares once a night; one that failed is tried again half an hour later.
    "publicity.compare_deliveries": Ring("与市平台对账", 10 * MINUTE, late_after=HOUR),
    "jobs.sweep": Ring("接续中断的后台任务", 30),
    "records.warn_of_expiring_delegates": Ring("提醒经办授权到期", HOUR),
    "jobs.sweep_files": Ring("清理导出文件和任务明细", HOUR),
    "portals.sweep": Ring("清理过期的登录和草稿", HOUR),
}

DELIVERY, BACKUP = "delivery", "backup"
# What no beat rings: a message to the platform waits at most so long, a backup is made once a day.
OTHERS = {
    DELIVERY: Ring("市平台接收报送", HOUR),
    BACKUP: Ring("数据备份", DAY),
}
