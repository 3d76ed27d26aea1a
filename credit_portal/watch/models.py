"""How scheduled work went last, what has gone wrong, and the backups that were made."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .querysets import IncidentQuerySet


class TaskRecord(models.Model):
    """One row for each scheduled task: its last start, its last success, its last failure."""

    name = models.CharField("任务", max_length=60, unique=True)
    first_at = models.DateTimeField("首次运行", default=timezone.now)
    started_at = models.DateTimeField("最近开始", default=timezone.now)
    succeeded_at = models.DateTimeField("最近成功", null=True)
    failed_at = models.DateTimeField("最近失败", null=True)
    failing_since = models.DateTimeField("连续失败起始", null=True)  # empty after a success
    failure = models.CharField("失败原因", max_length=300, blank=True)  # of the last failure
    duration_ms = models.PositiveIntegerField("耗时（毫秒）", null=True)
    done = models.PositiveIntegerField("处理条数", null=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        verbose_name = "定时任务运行情况"
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since=None) | Q(failed_at__isnull=False) & ~Q(failure=""),
                name="failing_tasks_say_why",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """Something was red from here to there. One is open for each thing, so its people are told once."""

    name = models.CharField("监测项", max_length=60)
    began_at = models.DateTimeField("开始时间")
    noticed_at = models.DateTimeField("发现时间", default=timezone.now)
    ended_at = models.DateTimeField("恢复时间", null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "运行异常"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_at=None), name="one_open_incident"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Backup(models.Model):
    """A backup that a script outside the portal has made and reported."""

    file = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小（字节）")
    digest = models.CharField("SHA-256", max_length=64)
    recorded_at = models.DateTimeField("登记时间", default=timezone.now)

    class Meta:
        verbose_name = "数据备份"
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="backups_are_not_empty"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="backups_have_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.file
