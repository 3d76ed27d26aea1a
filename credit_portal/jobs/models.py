"""Long work that a person can watch, and the slots that keep scheduled work from running twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .querysets import JobLineQuerySet, JobQuerySet, JobSlotQuerySet


class Job(models.Model):
    """A piece of long work: who asked for it, how far it is, how it ended."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name="发起人"
    )
    subject_id = models.CharField("对象编号", max_length=64)
    arguments = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    heartbeat_at = models.DateTimeField("最近活动", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    seen_at = models.DateTimeField("查看时间", null=True)  # when the owner first saw how it ended
    file = models.FileField("结果文件", upload_to="exports/%Y/%m", max_length=200, blank=True)
    filename = models.CharField("文件名", max_length=200, blank=True)  # as it is downloaded

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at=None)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="finished_jobs_have_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="running_jobs_have_a_heartbeat",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_job_per_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["waiting", "running"]), name="open_jobs"
            ),
            models.Index(fields=["owner", "-id"], name="jobs_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.title


class JobLine(models.Model):
    """What a job did with one row. Written in the transaction that changes the row, so that a job that runs
    again leaves out what is done. No foreign key to the row: the log outlives it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines", verbose_name="任务")
    subject = models.CharField("记录", max_length=80)  # "penalty:12"
    label = models.CharField("名称", max_length=300)
    link = models.CharField("链接", max_length=300, blank=True)
    done = models.BooleanField("已办理")
    sentence = models.CharField("说明", max_length=500, blank=True)

    objects = JobLineQuerySet.as_manager()

    class Meta:
        verbose_name = "任务明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "subject"], name="one_line_per_subject"),
            models.CheckConstraint(
                condition=Q(done=True) | ~Q(sentence=""), name="what_is_not_done_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class JobSlot(models.Model):
    """One scheduled run: its name and slot are unique, so two beat processes never act twice."""

    name = models.CharField("任务", max_length=60)
    slot = models.CharField("时段", max_length=20)
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    objects = JobSlotQuerySet.as_manager()

    class Meta:
        verbose_name = "定时任务记录"
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="one_run_per_slot")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"
