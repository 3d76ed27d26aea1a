"""Telling the administrators when something turns red, and when it is well again."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.notices import services as notices
from credit_portal.notices.models import Notice

from ..models import Incident
from ..selectors import Item, items


@transaction.atomic
def check() -> int:
    """Open and end incidents; answers how many changed. One notice gathers what changed at once, since a dead
    worker makes everything late."""
    now = timezone.now()
    found = {item.key: item for item in items(now)}
    begun = [item for item in found.values() if item.red and begin(item)]
    ended = [row for row in Incident.objects.open() if not is_red(row, found) and end(row)]
    if begun:
        tell(f"begun:{newest()}", f"运行异常：{names(begun)}。", Notice.Level.RED)
    if ended:
        labels = [found[row.name] for row in ended if row.name in found]
        tell(f"ended:{ended[0].pk}", f"已恢复正常：{names(labels)}。", Notice.Level.INFO)
    return len(begun) + len(ended)


def begin(item: Item) -> bool:
    """Whether the incident is new: two workers that look at once open one."""
    return Incident.objects.get_or_create(
        name=item.key, ended_at=None, defaults={"began_at": item.since or timezone.now()}
    )[1]


def is_red(row: Incident, found: dict[str, Item]) -> bool:
    """What is watched no longer is not red either."""
    return row.name in found and found[row.name].red


def end(row: Incident) -> bool:
    return bool(Incident.objects.open().filter(pk=row.pk).update(ended_at=timezone.now()))


def newest() -> int:
    return Incident.objects.values_list("pk", flat=True)[0]


def names(found: list[Item]) -> str:
    return "、".join(f"{item.label}（{item.word}）" for item in found) or "不再监测的项目"


def tell(key: str, text: str, level: Notice.Level) -> None:
    notices.notify(
        recipients=policy.holders_anywhere(Permission.ACCOUNT_MANAGE),
        key=f"watch:{key}",
        text=text,
        level=level,
        link=reverse("staff:watch:page"),
    )
