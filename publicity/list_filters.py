"""Filters and orders of the lists of batches and deliveries; like those of decisions they live in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

from credit_portal.accounts.models import User
from credit_portal.outbox.models import Difference, OutboxMessage

from .filters import DATE
from .models import DECISION_MODELS, ImportBatch
from .querysets import ImportBatchQuerySet
from .selectors.desk import KIND_WORDS

KINDS = [(kind, word) for kind, word in reversed(KIND_WORDS.items())]
Orders = dict[str, tuple[str | Combinable, ...]]
BATCH_ORDERS: Orders = {
    "uploaded": ("uploaded_at", "pk"),
    "-uploaded": ("-uploaded_at", "-pk"),
    "rejected": ("rejected", "pk"),
    "-rejected": ("-rejected", "-pk"),
    "imported": ("imported", "pk"),
    "-imported": ("-imported", "-pk"),
}
DELIVERY_ORDERS: Orders = {
    "settled": (F("settled_at").asc(nulls_first=True), "pk"),
    "-settled": (F("settled_at").desc(nulls_last=True), "-pk"),
    "attempts": ("attempts", "pk"),
    "-attempts": ("-attempts", "-pk"),
}


class BatchFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="by_text", label="文件名或批次号")
    kind = django_filters.ChoiceFilter(choices=KINDS, label="种类", empty_label="全部")
    state = django_filters.ChoiceFilter(
        choices=ImportBatch.State.choices, label="状态", empty_label="全部状态"
    )
    since = django_filters.DateFilter(
        field_name="uploaded_at__date", lookup_expr="gte", label="上传日期自", **DATE
    )

    def by_text(self, rows: ImportBatchQuerySet, name: str, value: str) -> ImportBatchQuerySet:
        text = value.strip()
        found = Q(filename__icontains=text)
        if text.isdecimal() and len(text) < 19:
            found |= Q(pk=int(text))
        return rows.filter(found)


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="by_number", label="文书号含或回执号")
    kind = django_filters.ChoiceFilter(
        choices=KINDS, field_name="kind", label="种类", empty_label="全部"
    )
    since = django_filters.DateFilter(
        field_name="created_at__date", lookup_expr="gte", label="报送日期自", **DATE
    )

    def by_number(
        self, rows: QuerySet[OutboxMessage], name: str, value: str
    ) -> QuerySet[OutboxMessage]:
        """By a part of the decision's number, or the whole number of the receipt."""
        streams = streams_numbered_like(value, self.request.user)
        return rows.filter(Q(stream__in=streams) | Q(receipt=value.strip()))


class DifferenceFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(method="by_number", label="文书号含")
    kind = django_filters.ChoiceFilter(
        choices=Difference.Kind.choices, label="差异", empty_label="全部"
    )
    since = django_filters.DateFilter(
        field_name="first_seen_at__date", lookup_expr="gte", label="首次发现自", **DATE
    )

    def by_number(self, rows: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        return rows.filter(stream__in=streams_numbered_like(value, self.request.user))


def streams_numbered_like(text: str, user: User) -> list[str]:
    """Records whose decision, among those the person sees, has a number with this part."""
    return [
        f"{kind}:{pk}"
        for kind, model in DECISION_MODELS.items()
        for pk in model.objects.visible_to(user)
        .numbered_like(text)
        .order_by()
        .values_list("pk", flat=True)[:MOST]
    ]


MOST = 5_000  # decisions behind one part of a number
FIRST = ("-pk",)


def ordered(rows: Any, orders: Orders, sort: str) -> Any:
    """The whole set in the order the address names, or with the newest first."""
    return rows.order_by(*orders.get(sort, FIRST))


def shown_filters(filters: django_filters.FilterSet) -> dict[str, Any]:
    """What the page says of its filters."""
    given = any(filters.request.GET.get(name) for name in filters.form.fields)
    return {"filters": filters.form, "filtered": given, "sort": filters.request.GET.get("sort", "")}
