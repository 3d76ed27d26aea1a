"""What a department should have reported, as its own numbering and its own cases say it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credit_portal.accounts.models import Department

from ..numbering import LONGEST_PATTERN, Pattern
from ..register_querysets import (
    NumberAnswerQuerySet,
    NumberSeriesQuerySet,
    RegisterCaseQuerySet,
)
from .numbered import Numbered

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


def person_key(label: str, *, optional: bool = True) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=optional,
        related_name="+",
        verbose_name=label,
    )


class NumberAnswer(models.Model):
    """What a department says of one or more missing numbers: a clerk says it, a second person confirms it."""

    class Reason(models.TextChoices):
        """Codes of `dictionary.number_gap`; the words and what counts stand there."""

        SECRET = "secret", "涉密"
        SIMPLE = "simple", "适用简易程序"
        VOID = "void", "作废"
        UNFINISHED = "unfinished", "尚未办结"
        OMITTED = "omitted", "漏报"

    series = models.ForeignKey(
        NumberSeries, models.PROTECT, related_name="+", verbose_name="文号规则"
    )
    year = models.PositiveSmallIntegerField("年份")
    first = models.PositiveIntegerField("起始序号")
    last = models.PositiveIntegerField("截止序号")
    count = models.PositiveIntegerField("缺号个数")
    reason = models.CharField("情形", max_length=10, choices=Reason.choices)
    note = models.CharField("说明", max_length=500)
    answered_by = person_key("说明人", optional=False)
    answered_at = models.DateTimeField("说明时间")
    confirmed_by = person_key("确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    holds_until = models.DateField("说明有效至", null=True)  # of what is not finished
    returned_by = person_key("退回人")
    returned_at = models.DateTimeField("退回时间", null=True)
    return_reason = models.CharField("退回意见", max_length=500, blank=True)

    objects = NumberAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "缺号说明"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("answered_by")),
                name="answer_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="confirmed_answer_has_person_and_time",
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None)
                | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason=""),
                name="returned_answer_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["series", "id"],
                condition=Q(confirmed_at=None, returned_at=None),
                name="answers_to_confirm",
            )
        ]

    def __str__(self) -> str:
        if self.first == self.last:
            return self.series.written(self.year, self.first)
        return f"{self.series.written(self.year, self.first)} 至 {self.last} 号"


class AnsweredNumber(models.Model):
    """One number of an answer. The current one speaks; earlier ones stay as what was said before."""

    answer = models.ForeignKey(
        NumberAnswer, models.CASCADE, related_name="numbers", verbose_name="缺号说明"
    )
    series = models.ForeignKey(
        NumberSeries, models.PROTECT, related_name="+", verbose_name="文号规则"
    )
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    current = models.BooleanField("现行", default=True)

    class Meta:
        verbose_name = "已说明的缺号"
        ordering = ["series", "year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "number"],
                condition=Q(current=True),
                name="one_current_answer_per_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id}:{self.year}:{self.number}"


class RegisterCase(Numbered):
    """A case as the law-enforcement system has it. The same case number is the same case, however often it comes."""

    class State(models.TextChoices):
        OPEN = "open", "办理中"
        DECIDED = "decided", "已作出决定"
        DROPPED = "dropped", "销案"

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="办案单位"
    )
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    case_number = models.CharField("案件编号", max_length=128)
    party_name = models.CharField("行政相对人", max_length=200)
    document_number = models.CharField("决定书文号", max_length=128, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    state = models.CharField("办理状态", max_length=8, choices=State.choices)
    first_seen_at = models.DateTimeField("首次导入")
    updated_at = models.DateTimeField("最近导入")

    objects = RegisterCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "案件"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "case_number"], name="one_row_per_case"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_on__isnull=False),
                name="decided_case_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "decided_on"]),
            models.Index(
                fields=["department", "kind", "number_stem", "number_year", "number_value"],
                name="registercase_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.party_name}"
