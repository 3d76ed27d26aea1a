"""The working-day calendar: the State Council's notice of each year, day by day."""

from django.db import models


class CalendarYear(models.Model):
    """A year whose official arrangement is loaded. A year without a row is never guessed in silence."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField("依据文件", max_length=200)
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    class Meta:
        verbose_name = "工作日历年份"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}年"


class CalendarDay(models.Model):
    """A day that departs from the Monday-to-Friday week."""

    class Kind(models.TextChoices):
        REST = "rest", "休息日"
        WORK = "work", "调休上班"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=4, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据文件", max_length=200)

    class Meta:
        verbose_name = "特殊日期"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
