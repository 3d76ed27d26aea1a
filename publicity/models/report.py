"""Reports of one firm as they were handed out. The sheet itself is not kept, only what proves it."""

from django.db import models
from django.db.models import Q

from credit_portal.accounts.models import User
from records.models import MarketEntity

NUMBER = r"XB-[0-9]{8}-[0-9A-F]{10}"


class FirmReport(models.Model):
    """One issue of a firm's report. Append-only by trigger, kept without an end (docs/adr/0010).

    Three SHA-256 digests: `state` of what the record said, to be compared with what it says now; `digest`, whose
    beginning stands on the sheet as its code: of number, firm, time, state and a secret thrown away, so that nobody
    computes the code of a sheet that they do not hold; `file_digest` of the bytes handed out.
    """

    number = models.CharField("编号", max_length=24, unique=True)
    entity = models.ForeignKey(
        MarketEntity, models.PROTECT, related_name="reports", verbose_name="企业"
    )
    issued_at = models.DateTimeField("出具时间")
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下载人")
    state = models.CharField("记录摘要", max_length=64)
    digest = models.CharField("校验摘要", max_length=64)
    file_digest = models.CharField("文件摘要", max_length=64)

    class Meta:
        verbose_name = "企业信用报告"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=f"^{NUMBER}$"), name="report_number")
        ]

    def __str__(self) -> str:
        return f"信用报告 {self.number}"
