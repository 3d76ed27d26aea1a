"""A department states that a month brought nothing (本期无数据)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from credit_portal.accounts.models import Department

from .register import KINDS


class ZeroReport(models.Model):
    """Signed by the head for one kind and month. It is never taken back: what comes later contradicts it."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="决定机关"
    )
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    month = models.DateField("月份")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签报人"
    )
    signed_at = models.DateTimeField("签报时间")

    class Meta:
        verbose_name = "本期无数据"
        ordering = ["-month", "department", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "month"], name="one_zero_report_per_month"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="zero_report_is_of_a_whole_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_kind_display()}本期无数据"
