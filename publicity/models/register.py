"""What a department should have reported, as its own numbering says it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credit_portal.accounts.models import Department

from ..numbering import LONGEST_PATTERN, Pattern
from ..register_querysets import NumberSeriesQuerySet

KINDS = [("permit", "行政许可"), ("penalty", "行政处罚")]


class NumberSeries(models.Model):
    """A department's 文号 of one kind over some years: each year counts from `first_number` upwards."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="决定机关"
    )
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    pattern = models.CharField("文号样式", max_length=LONGEST_PATTERN)
    stem = models.CharField("文号代字", max_length=LONGEST_PATTERN)  # follows from the pattern
    width = models.PositiveSmallIntegerField("序号位数", default=0)
    first_number = models.PositiveIntegerField("每年起始序号", default=1)
    from_year = models.PositiveSmallIntegerField("启用年份")
    until_year = models.PositiveSmallIntegerField("停用年份", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "文号规则"
        ordering = ["department", "kind", "from_year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "stem", "from_year"], name="one_series_per_stem"
            ),
            models.CheckConstraint(
                condition=Q(until_year=None) | Q(until_year__gte=F("from_year")),
                name="series_years_in_order",
            ),
            models.CheckConstraint(
                condition=Q(first_number__gte=1), name="series_begins_at_one_or_later"
            ),
        ]

    def __str__(self) -> str:
        return self.pattern

    @property
    def parsed(self) -> Pattern:
        return Pattern(self.pattern, self.stem, self.width)

    def written(self, year: int, number: int) -> str:
        """The document number of this series, in the department's spelling."""
        return self.parsed.write(year, number)
