"""What leaves by mail or as a short message: written with the notice, sent by the clock."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from ..querysets import DispatchQuerySet


class Dispatch(models.Model):
    """One message to one person by one way. Sent at least once; `key` lets a receiver know a second copy."""

    class Channel(models.TextChoices):
        MAIL = "mail", "邮件"
        TEXT = "text", "短信"

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "未能发送"
        DROPPED = "dropped", "已取消"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人"
    )
    channel = models.CharField("方式", max_length=4, choices=Channel.choices)
    address = models.CharField("地址", max_length=254)
    subject = models.CharField("标题", max_length=120, blank=True)
    text = models.CharField("内容", max_length=1000)
    key = models.CharField("去重键", max_length=120, unique=True)
    state = models.CharField("状态", max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    due_at = models.DateTimeField("发送时间")
    settled_at = models.DateTimeField("办结时间", null=True)
    problem = models.CharField("未能发送的原因", max_length=300, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = "对外消息"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at=None)
                | ~Q(state="waiting") & Q(settled_at__isnull=False),
                name="dispatch_is_settled_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="dispatches_waiting"
            ),
            models.Index(fields=["recipient", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.key}"

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return TONES[self.state]

    @property
    def shown_at(self) -> dt.datetime:
        """When it ended; of a waiting one, when it is tried next."""
        return self.settled_at or self.due_at


TONES: dict[str, str] = {
    Dispatch.State.WAITING: "info",
    Dispatch.State.SENT: "green",
    Dispatch.State.FAILED: "red",
    Dispatch.State.DROPPED: "",
}
