"""Spot checks for concealment: cases drawn at random from a department's register, and what was found of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credit_portal.accounts.models import Department

from ..register_querysets import SpotCheckQuerySet
from .register import KINDS, RegisterCase, person_key


class SpotCheck(models.Model):
    """One draw. Seed, names and digest of the population stay, so that anybody can repeat it (`sampling.py`)."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="被查单位"
    )
    month = models.DateField("决定月份")
    seed = models.CharField("随机种子", max_length=64)
    names = models.JSONField("总体名单", default=list)
    population = models.PositiveIntegerField("总体件数")
    population_digest = models.CharField("总体摘要", max_length=64)
    size = models.PositiveIntegerField("抽取件数")
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽取人"
    )
    drawn_at = models.DateTimeField("抽取时间")
    concluded_by = person_key("核定人")
    concluded_at = models.DateTimeField("核定时间", null=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "瞒报抽查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=F("population")), name="sample_of_the_population"
            ),
            models.CheckConstraint(
                condition=Q(concluded_at=None, concluded_by=None)
                | Q(concluded_at__isnull=False, concluded_by__isnull=False),
                name="concluded_check_has_person_and_time",
            ),
        ]
        indexes = [models.Index(fields=["department", "month"])]

    def __str__(self) -> str:
        return f"{self.department} {self.month:%Y-%m} 瞒报抽查"


class SpotCheckRow(models.Model):
    """A case that was drawn, as the register had it then, and what the office found."""

    class Finding(models.TextChoices):
        REPORTED = "reported", "已上报"
        UNREPORTED = "unreported", "未上报"
        EXEMPT = "exempt", "无需上报"

    check_of = models.ForeignKey(
        SpotCheck, models.CASCADE, related_name="rows", verbose_name="抽查"
    )
    place = models.PositiveIntegerField("序号")
    case = models.ForeignKey(RegisterCase, models.PROTECT, related_name="+", verbose_name="案件")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    case_number = models.CharField("案件编号", max_length=128)
    party_name = models.CharField("行政相对人", max_length=200)
    document_number = models.CharField("决定书文号", max_length=128, blank=True)
    decided_on = models.DateField("决定日期")
    finding = models.CharField("结论", max_length=10, choices=Finding.choices, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    found_by = person_key("核查人")
    found_at = models.DateTimeField("核查时间", null=True)

    class Meta:
        verbose_name = "抽查案件"
        ordering = ["check_of", "place"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "case"], name="case_is_drawn_once"),
            models.CheckConstraint(
                condition=~Q(finding="exempt") | ~Q(reason=""), name="exemption_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.party_name}"
