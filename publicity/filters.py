"""Filters of the lists; they live in the address, so that a list can be sent to somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.http import QueryDict  # noqa: TID251 - a query string is read, nothing is answered
from django.utils import timezone

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.regulations.calendar import load_calendar
from credit_portal.web.forms import VisitorFilterForm
from records.divisions import DIVISIONS
from records.models import MarketEntity

from .fields import PENALTY_CATEGORIES, PERMIT_CATEGORIES
from .models import Decision, Publication
from .querysets import MIN_NUMBER_FRAGMENT, DecisionQuerySet, PublicationQuerySet
from .selectors.clocks import AMBER_FROM, soon_until
from .selectors.desk import acting_rows, others_rows, turn_rows, with_delivery
from .selectors.rates import outside_rate

CLOCKS = [
    ("running", "尚未公示"),
    ("overdue", "已逾期"),
    ("today", "今天到期"),
    ("soon", f"{AMBER_FROM} 个工作日内到期"),
    ("open", "期限内"),
]
DELIVERIES = {
    "pending": ("待报送", ["pending", "handed"]),
    "accepted": ("已入库", ["accepted"]),
    "failed": ("未通过核对、退回或报送失败", ["held", "rejected", "dead"]),
}
GAPS = [("unreported", "未上报"), ("invalid", "未合规入库"), ("late", "未及时")]
Narrow = Callable[[DecisionQuerySet, User], DecisionQuerySet]


def where(permission: Permission) -> Narrow:
    return lambda rows, user: rows.actionable_by(user, permission)


# The piles of the desk count only what waits for the person; the lists they lead to must do the same.
MINE: dict[str, tuple[str, Narrow]] = {
    "turn": ("等我办理", turn_rows),
    "others": ("等他人办理", others_rows),
    "own": ("我经手的", DecisionQuerySet.handled_by),
    "any": ("本部门全部", acting_rows),
    "edit": ("由我录入", where(Permission.DECISION_EDIT)),
    "review": ("由我审核", where(Permission.DECISION_REVIEW)),
    "publish": ("由我公示", where(Permission.DECISION_PUBLISH)),
}


DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"]


class DayInput(forms.DateInput):
    """A date picker; what is no date stays as typed, so that it can be corrected."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            day = forms.DateField(input_formats=DAY_FORMATS, required=False).clean(value)
        except forms.ValidationError:
            context["widget"]["type"] = "text"
        else:
            context["widget"] |= {"type": "date", "value": day.isoformat() if day else None}
        return context


# A date of a filter: picked, or typed as 2026-09-27 or 20260927.
DATE: dict[str, Any] = {
    "widget": DayInput(),
    "input_formats": DAY_FORMATS,
    "error_messages": {"invalid": "没有这一天，请按 2026-09-27 的样子填写。"},
}


def category_filter(label: str, names: tuple[str, ...]) -> Any:
    """Decisions of which one category is this one: a penalty may bear several."""
    return django_filters.ChoiceFilter(
        field_name="category",
        lookup_expr="contains",
        choices=[(name, name) for name in names],
        label=label,
        empty_label="全部类别",
        error_messages={"invalid_choice": "没有这个类别，请从列表中选择。"},
    )


class DecisionFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="by_text", label="企业、代码或文书号")
    state = django_filters.ChoiceFilter(
        choices=Decision.State.choices, label="状态", empty_label="全部状态"
    )
    authority = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_committee_office=False),
        to_field_name="uscc",
        label="决定机关",
        empty_label="全部机关",
    )
    month = django_filters.CharFilter(
        method="by_month",
        label="决定月份",
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"}),
    )
    until = django_filters.DateFilter(
        field_name="deadline_on",
        lookup_expr="lte",
        label="期限不晚于",
        **DATE,
    )
    due = django_filters.DateFilter(field_name="deadline_on", label="最迟公示日", **DATE)
    clock = django_filters.ChoiceFilter(
        choices=CLOCKS, method="by_clock", label="期限", empty_label="全部"
    )
    delivery = django_filters.ChoiceFilter(
        choices=[(key, word) for key, (word, _) in DELIVERIES.items()],
        method="by_delivery",
        label="市平台",
        empty_label="全部",
    )
    gap = django_filters.ChoiceFilter(
        choices=GAPS, method="by_gap", label="三率未达标", empty_label="不限"
    )
    batch = django_filters.NumberFilter(field_name="batch", label="导入批次")
    mine = django_filters.ChoiceFilter(
        choices=[(key, word) for key, (word, _) in MINE.items()],
        method="by_mine",
        label="经办范围",
        empty_label="全部可见",
    )

    document = django_filters.CharFilter(method="by_document", label="文书号含")
    person = django_filters.CharFilter(
        method="by_person", label="当事人或法定代表人", help_text="自然人或法定代表人的完整姓名"
    )

    def by_text(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        text = value.strip()
        found = Q(pk__in=rows.numbered_like(text).order_by().values("pk")) | Q(party_name=text)
        firms = MarketEntity.objects.search(text).order_by().values("pk")
        return rows.filter(found | Q(entity__in=firms))

    def by_document(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        return rows.numbered_like(value)

    def by_person(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        return rows.about_person(value)

    def by_month(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        month = read_month(value)
        return rows.decided_in(month) if month else rows

    def by_clock(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        today = timezone.localdate()
        limits = {
            "running": Q(),
            "overdue": Q(deadline_on__lt=today),
            "today": Q(deadline_on=today),
            "soon": Q(deadline_on__range=(today, soon_until(today, load_calendar()))),
            "open": Q(deadline_on__gt=today),
        }
        return rows.timed().filter(limits[value])

    def by_delivery(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        return with_delivery(rows, DELIVERIES[value][1])

    def by_gap(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        return outside_rate(rows, value)

    def by_mine(self, rows: DecisionQuerySet, name: str, value: str) -> DecisionQuerySet:
        return MINE[value][1](rows, self.request.user)


class Asker:
    """Stands for the request where there is none: a job filters as its owner."""

    def __init__(self, user: User) -> None:
        self.user = user


def filtered(rows: DecisionQuerySet, query: QueryDict, user: User) -> DecisionQuerySet:
    """The rows that the list of this address shows to the person; none when the filter cannot be read."""
    found = DecisionFilter(query, queryset=rows, request=Asker(user))
    return found.qs if found.is_valid() else rows.none()


class PublicationFilterForm(VisitorFilterForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("decided_from"), cleaned.get("decided_until")
        if since and until and until < since:
            self.add_error("decided_until", f"早于起始日期 {since:%Y-%m-%d}，请改正其中一个。")
        return cleaned


class PublicationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Filters of a public list; each kind has its own categories."""

    q = django_filters.CharFilter(
        method="by_text",
        label="企业名称、代码或文号",
        min_length=2,
        max_length=100,
        error_messages={"min_length": "请至少输入两个字。"},
    )
    authority = django_filters.ModelChoiceFilter(
        queryset=Department.objects.active().filter(is_committee_office=False),
        to_field_name="uscc",
        label="决定机关",
        empty_label="全部机关",
        error_messages={"invalid_choice": "没有这个机关，请从列表中选择。"},
    )
    district = django_filters.ChoiceFilter(
        field_name="entity__division_code",
        choices=list(DIVISIONS.items()),
        label="企业所在区县",
        empty_label="全部区县",
        error_messages={"invalid_choice": "没有这个区县，请从列表中选择。"},
    )
    decided_from = django_filters.DateFilter(
        field_name="decided_on", lookup_expr="gte", label="决定日期自", **DATE
    )
    decided_until = django_filters.DateFilter(
        field_name="decided_on", lookup_expr="lte", label="决定日期至", **DATE
    )
    number = django_filters.CharFilter(
        method="by_number",
        label="文号（至少三个字）",
        min_length=MIN_NUMBER_FRAGMENT,
        max_length=128,
        error_messages={"min_length": "请至少输入文号中连续的三个字。"},
    )
    published_on = django_filters.DateFilter(field_name="starts_on", label="公示日期", **DATE)

    class Meta:
        model = Publication
        fields: tuple[str, ...] = ()
        form = PublicationFilterForm

    def by_text(self, rows: PublicationQuerySet, name: str, value: str) -> PublicationQuerySet:
        return rows.search(value)

    def by_number(self, rows: PublicationQuerySet, name: str, value: str) -> PublicationQuerySet:
        return rows.with_document_number(value)

    def in_words(self) -> list[tuple[str, str]]:
        """The conditions in use, each with its label; of a valid filter only."""
        chosen = self.form.cleaned_data.items()
        return [(str(self.form.fields[name].label), f"{value}") for name, value in chosen if value]

    @property
    def plain_fields(self) -> list[BoundField]:
        return [self.form["q"], self.form["authority"]]

    @property
    def folded_fields(self) -> list[BoundField]:
        shown = ("category", "district", "decided_from", "decided_until", "number", "published_on")
        return [self.form[name] for name in shown]


class PenaltyPublicationFilter(PublicationFilter):
    category = category_filter("处罚类别", PENALTY_CATEGORIES)


class PermitPublicationFilter(PublicationFilter):
    category = category_filter("许可类别", PERMIT_CATEGORIES)


PUBLICATION_FILTERS: dict[str, type[PublicationFilter]] = {
    "penalty": PenaltyPublicationFilter,
    "permit": PermitPublicationFilter,
}


def read_month(value: str) -> dt.date | None:
    """The first day of a month written 2026-10 or 202610; nothing for anything else."""
    digits = value.replace("-", "").strip()
    if len(digits) != 6 or not digits.isdecimal():
        return None
    year, month = int(digits[:4]), int(digits[4:])
    return dt.date(year, month, 1) if 1 <= month <= 12 and 1900 < year < 2200 else None
