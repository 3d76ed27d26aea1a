"""The desk's list of decisions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.views.generic import ListView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.desk.selectors.lists import columns_of
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from ...filters import MINE, DecisionFilter
from ...models import DECISION_MODELS, Decision
from ...selectors.columns import chosen_columns, default_keys
from ...selectors.columns import columns_of as all_columns
from ...selectors.desk import KIND_WORDS
from ...selectors.lines import STEPS, lines
from ...selectors.sorting import FIRST as FIRST_SORT
from ...selectors.sorting import sorted_rows
from ...selectors.unfinished import unfinished
from .presenters import kind_tabs

PRINTED_AT_ONCE = 500  # rows; thirty sheets of paper
MANY_COLUMNS = 8  # beside the firm; more than these scroll inside the frame of the table
FIRST_FILTERS = ("q", "state", "clock", "month")
SCOPES = (("", "全部可见"), *((key, MINE[key][0]) for key in ("any", "turn", "own")))


def list_page(kind: str) -> str:
    """Under which name the desk keeps queries and columns of this list."""
    return f"staff:publicity:decision_list:{kind}"


def without_page(given: QueryDict) -> str:
    query = given.copy()
    query.pop("page", None)
    return query.urlencode()


class DecisionPage(StaffView):
    """A view whose address names permits or penalties."""

    permission = Permission.DECISION_VIEW

    @property
    def kind(self) -> str:
        kind = str(self.kwargs["kind"])
        if kind not in DECISION_MODELS:
            raise Http404
        return kind

    def decision(self) -> Decision:
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class DecisionTable(NearestPage, DecisionPage, ListView[Decision]):
    """The rows of the filter in the columns that the person chose."""

    def get_queryset(self) -> Any:
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user)
        self.filter = DecisionFilter(self.request.GET, queryset=rows, request=self.request)
        # A filter that cannot be read shows its error and no rows: the whole list would be another answer.
        self.found = self.filter.qs if self.filter.is_valid() else rows.none()
        return sorted_rows(self.found, self.request.GET.get("sort", "")).select_related(
            "created_by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "kind": self.kind,
            "kind_word": KIND_WORDS[self.kind],
            "sort": self.request.GET.get("sort", FIRST_SORT),
            "query_string": self.request.GET.urlencode(),
            **self.filter_context(),
            **self.column_context(context["page_obj"]),
        }

    def column_context(self, page: Any) -> dict[str, Any]:
        """The table: chosen columns as heads, and each line with its texts beside it."""
        key = list_page(self.kind)
        chosen = chosen_columns(self.kind, columns_of(self.user, key) or default_keys(self.kind))
        keys = {column.key for column in chosen}
        shown = lines(list(page), self.user)
        return {
            "page_key": key,
            "columns": chosen,
            "many_columns": len(chosen) > MANY_COLUMNS,
            "lines": shown,
            "selectable": any(line.steps for line in shown),
            "rows": [(line, [(column, column.text(line)) for column in chosen]) for line in shown],
            "column_choices": [
                {"key": column.key, "label": column.label, "shown": column.key in keys}
                for column in all_columns(self.kind)
            ],
        }

    def filter_context(self) -> dict[str, Any]:
        form = self.filter.form
        folded = [name for name in form.fields if name not in FIRST_FILTERS]
        return {
            "filters": [form[name] for name in FIRST_FILTERS],
            "folded": [form[name] for name in folded],
            "filtered": any(self.request.GET.get(name) for name in form.fields),
        }


class DecisionPrintView(DecisionTable):
    """The whole filtered list on one page, to be printed; a very long one in parts, so that none takes long."""

    template_name = "staff/publicity/decision_print.html"
    paginate_by = PRINTED_AT_ONCE


class DecisionListView(DecisionTable):
    """Filters, the table, and the steps on the ticked rows."""

    template_name = "staff/publicity/decision_list.html"
    paginate_by = PAGE_SIZE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can = {
            action: policy.may(self.user, permission) for action, (permission, _) in STEPS.items()
        }
        context = super().get_context_data(**kwargs)
        counts = self.step_counts(can)
        begun = unfinished(self.user, self.kind) if can["submit"] else []
        return context | {
            "tabs": kind_tabs(self.kind),
            "scopes": self.scopes() if any(can.values()) else [],
            "can": can,
            "can_act": any(can.values()),
            "can_edit": can["submit"],
            "unfinished": begun,
            "unfinished_words": f"没有填完的表单 {len(begun)} 份，仅本人可见",
            "counts": counts,
            "acts_on_some": any(counts.values()),
            "print_query": without_page(self.request.GET),
        }

    def scopes(self) -> list[dict[str, Any]]:
        """Whose rows: a choice that stands in the address like every other, and no hidden beginning."""
        now = self.request.GET.get("mine", "")
        items = []
        for value, label in SCOPES:
            query = self.request.GET.copy()
            query.pop("page", None)
            query.pop("mine", None)
            if value:
                query["mine"] = value
            items.append({"label": label, "url": f"?{query.urlencode()}", "active": value == now})
        return items

    def step_counts(self, can: dict[str, bool]) -> dict[str, int]:
        """How many rows of the whole filtered list each step would move, for `all=1`."""
        return {
            action: self.found.actionable_by(self.user, permission).filter(state__in=states).count()
            for action, (permission, states) in STEPS.items()
            if can[action] and action != "return"
        }
