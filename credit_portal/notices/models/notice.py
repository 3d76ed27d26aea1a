"""What the portal tells a person: deadlines, returns, rejections."""

from django.conf import settings
from django.db import models

from ..querysets import NoticeQuerySet


class Notice(models.Model):
    """One sentence to one person, sent once for each key."""

    class Level(models.TextChoices):
        INFO = "info", "提示"
        AMBER = "amber", "临期"
        RED = "red", "紧急"
        RETURNED = "back", "退回"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    key = models.CharField("去重键", max_length=120)
    level = models.CharField("级别", max_length=5, choices=Level.choices, default=Level.INFO)
    text = models.CharField("内容", max_length=500)
    link = models.CharField("链接", max_length=300, blank=True)
    # The same for mail and short messages, which others may read; without it they say only that there is news.
    outside = models.CharField("对外发送的内容", max_length=500, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="one_notice_per_key")
        ]
        indexes = [models.Index(fields=["recipient", "read_at", "-id"])]

    def __str__(self) -> str:
        return self.text

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return TONES[self.level]


TONES: dict[str, str] = {
    Notice.Level.INFO: "info",
    Notice.Level.AMBER: "amber",
    Notice.Level.RED: "red",
    Notice.Level.RETURNED: "amber",
}
