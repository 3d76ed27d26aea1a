"""A workbook on its way in: the file, its rows and what was found in each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from credit_portal.accounts.models import Department

from ..querysets import ImportBatchQuerySet


class ImportBatch(models.Model):
    """One uploaded workbook. The bytes are kept, so that the faulty rows can go back in the same sheet."""

    class State(models.TextChoices):
        RECEIVED = "received", "等待检查"
        CHECKED = "checked", "待确认导入"
        IMPORTED = "imported", "已导入"
        REFUSED = "refused", "无法读取"
        UNDONE = "undone", "已撤销"

    kind = models.CharField(
        "种类", max_length=8, choices=[("permit", "行政许可"), ("penalty", "行政处罚")]
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="填报单位"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="imports/%Y/%m", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.RECEIVED)
    refusal = models.CharField("无法读取的原因", max_length=500, blank=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    filer = models.CharField("表中的填报单位", max_length=200, blank=True)  # as the sheet names it
    header_row = models.PositiveIntegerField("表头行", null=True)
    rows = models.PositiveIntegerField("数据行", default=0)
    accepted = models.PositiveIntegerField("可导入", default=0)
    to_confirm = models.PositiveIntegerField("需确认", default=0)
    rejected = models.PositiveIntegerField("有误", default=0)
    existing = models.PositiveIntegerField("已有", default=0)
    imported = models.PositiveIntegerField("已导入", default=0)
    imported_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-id"]
        constraints = [
            # The same bytes are one batch, whoever uploads them and how often.
            models.UniqueConstraint(
                fields=["department", "kind", "digest"],
                condition=Q(state__in=["received", "checked", "imported"]),
                name="one_live_batch_per_file",
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 批 {self.filename}"


class ImportRow(models.Model):
    """One data row: cleaned values by field name, verdict, and a sentence for every problem.

    `problems` and `cleaned` are lists of `{"code", "field", "column", "sentence"}`; `column` is the heading as
    it stands in the sheet.
    """

    class Verdict(models.TextChoices):
        ACCEPT = "accept", "可导入"
        CONFIRM = "confirm", "需确认"
        REJECT = "reject", "有误"

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="lines", verbose_name="批次"
    )
    sheet_row = models.PositiveIntegerField("表中行号")
    serial = models.CharField("序号", max_length=20, blank=True)
    verdict = models.CharField("结论", max_length=7, choices=Verdict.choices)
    existing = models.BooleanField("系统中已有", default=False)
    problems = models.JSONField("问题", default=list)
    cleaned = models.JSONField("已清理", default=list)
    values = models.JSONField("内容", default=dict)
    confirmed = models.BooleanField("已确认", default=False)

    class Meta:
        verbose_name = "导入行"
        ordering = ["batch", "sheet_row"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet_row"], name="one_line_per_sheet_row")
        ]
        indexes = [models.Index(fields=["batch", "verdict", "sheet_row"])]

    def __str__(self) -> str:
        return f"第 {self.sheet_row} 行"
