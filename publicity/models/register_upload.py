"""Tables of cases on their way in: the file is kept, and each row that was not taken with its reasons."""

from django.conf import settings
from django.db import models

from credit_portal.accounts.models import Department

from ..register_querysets import RegisterUploadQuerySet
from .register import KINDS


class RegisterUpload(models.Model):
    """One uploaded table of cases. What can be read is taken at once; the same table again changes nothing."""

    class State(models.TextChoices):
        RECEIVED = "received", "等待读取"
        TAKEN = "taken", "已读取"
        REFUSED = "refused", "无法读取"

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="办案单位"
    )
    kind = models.CharField("表中没有种类时按", max_length=8, choices=KINDS, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="registers/%Y/%m", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.RECEIVED)
    refusal = models.CharField("无法读取的原因", max_length=500, blank=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    header_row = models.PositiveIntegerField("表头行", null=True)
    rows = models.PositiveIntegerField("数据行", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    rejected = models.PositiveIntegerField("有误", default=0)
    finished_at = models.DateTimeField("读取时间", null=True)

    objects = RegisterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = "案件台账导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"案件台账 {self.filename}"


class RegisterUploadRow(models.Model):
    """A row that was not taken: what stood in it, and a sentence for every problem."""

    upload = models.ForeignKey(
        RegisterUpload, models.CASCADE, related_name="lines", verbose_name="导入"
    )
    sheet_row = models.PositiveIntegerField("表中行号")
    values = models.JSONField("内容", default=dict)
    problems = models.JSONField("问题", default=list)

    class Meta:
        verbose_name = "有误的行"
        ordering = ["upload", "sheet_row"]
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "sheet_row"], name="one_line_per_register_row"
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.sheet_row} 行"
