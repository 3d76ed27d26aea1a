"""Missing numbers of a department: which they are, what is said of them, and who agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from credit_portal.web.pagination import PAGE_SIZE, SafePaginator, page_of

from .... import services
from ....filters import read_month
from ....forms import ReasonForm
from ....models import NumberSeries
from ....register_forms import AnswerForm, GapFilterForm
from ....selectors.gaps import (
    ANSWERED,
    EVERY_YEAR,
    EXPIRED,
    OPEN,
    Gap,
    Scope,
    counted,
    gaps,
    status_word,
    tally,
    years_of,
)
from ....selectors.register import STANDINGS, answers_of, standing_counts
from ....services.answering import ANSWERABLE
from ..presenters import row_numbers
from .pages import RegisterPage

# In the order of the tabs; what nobody has vouched for comes first.
STATUSES = (OPEN, EXPIRED, ANSWERED, "omitted", "unfinished", "secret", "simple", "void")


class GapRows(Sequence[Gap]):
    """The rows of one scope, as a paginator wants them: their number is known beforehand."""

    def __init__(self, scope: Scope, count: int) -> None:
        self.scope, self.total = scope, count

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, asked: Any) -> Any:
        return gaps(self.scope, limit=asked.stop - asked.start, offset=asked.start)


class GapListView(RegisterPage, TemplateView):
    """Filtered by kind and year, divided by status; each number leads to its answer."""

    template_name = "staff/publicity/register/gap_list.html"
    tab = "register_gaps"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        years = years_of(self.department)
        form = GapFilterForm(self.request.GET, years=years)
        asked: dict[str, Any] = form.cleaned_data if form.is_valid() else dict.fromkeys(form.fields)
        whole = Scope(
            [self.department.pk],
            kind=asked["kind"] or "",
            years=(asked["year"], asked["year"]) if asked["year"] else EVERY_YEAR,
            month=read_month(asked["month"] or ""),
        )
        found = tally(whole).get(self.department.pk, {})
        status = self.request.GET.get("status", "")
        status = status if status in STATUSES else ""
        scope = Scope(
            whole.departments, None, whole.kind, whole.years, [status] if status else None
        )
        total = found.get(status, 0) if status else sum(found.values())
        page = SafePaginator(GapRows(scope, total), PAGE_SIZE).page(self.request.GET.get("page", 1))
        return super().get_context_data(**kwargs) | {
            "filters": form,
            "filtered": any(asked.values()),
            "keep": [{"name": "status", "value": status}] if status else [],
            "reset_url": f"?status={status}" if status else "?",
            "status_tabs": self.status_tabs(found, status),
            "page_obj": page,
            "rows": [(gap, self.answer_url(gap)) for gap in page],
            "missing": sum(found.values()),
            "counted": counted(found),
            "has_series": bool(years),
        }

    def status_tabs(self, found: dict[str, int], current: str) -> list[dict[str, Any]]:
        """All of them, and each status that some number has."""
        query = {name: self.request.GET.get(name, "") for name in ("kind", "year", "month")}
        today = timezone.localdate()
        shown = [("", "全部", sum(found.values()))]
        shown += [
            (status, status_word(status, today), found.get(status, 0))
            for status in STATUSES
            if status in found or status == current
        ]
        return [
            {
                "label": label,
                "url": "?"
                + urlencode({k: v for k, v in (query | {"status": status}).items() if v}),
                "count": count,
                "active": status == current,
            }
            for status, label, count in shown
        ]

    def answer_url(self, gap: Gap) -> str:
        """Where this number is answered, for whoever may and as long as it can be."""
        if gap.status not in ANSWERABLE or not self.may(Permission.REGISTER_EDIT):
            return ""
        query = {
            "series": gap.series.pk,
            "year": gap.year,
            "first": gap.number,
            "last": gap.number,
        }
        return f"{self.address('register_answer')}?{urlencode(query)}"


class AnswerView(RegisterPage, FormView[AnswerForm]):
    """A stretch of numbers and why they are missing."""

    permission = Permission.REGISTER_EDIT
    form_class = AnswerForm
    template_name = "staff/publicity/register/answer_form.html"
    tab = "register_gaps"
    step = "说明缺号"

    def authorise(self) -> None:
        super().authorise()
        self.require_in(self.department)

    def get_initial(self) -> dict[str, Any]:
        names = ("series", "year", "first", "last")
        given = {name: self.request.GET.get(name, "") for name in names}
        return {"year": timezone.localdate().year} | {k: v for k, v in given.items() if v}

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = NumberSeries.objects.filter(department=self.department).for_table()
        return super().get_form_kwargs() | {"series": rows}

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            answer = services.answer_numbers(**form.cleaned_data, by=self.user)
        except Refusal as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        messages.success(
            self.request, f"已说明 {answer.count} 个缺号，等待审核员或单位负责人确认。"
        )
        return redirect(self.address("register_gaps"))


class AnswerListView(RegisterPage, TemplateView):
    """What was said, by how far it came. Whoever may confirm ticks answers and decides."""

    template_name = "staff/publicity/register/answer_list.html"
    tab = "register_answers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = self.request.GET.get("standing", "")
        standing = standing if standing in STANDINGS else "waiting"
        counts = standing_counts(self.department)
        page = page_of(self.request, answers_of(self.department, standing))
        may = self.may(Permission.REGISTER_CONFIRM) and standing != "returned"
        return super().get_context_data(**kwargs) | {
            "standing": standing,
            "standing_tabs": [
                {
                    "label": label,
                    "url": f"?standing={name}",
                    "count": counts[name],
                    "active": name == standing,
                }
                for name, label in STANDINGS.items()
            ],
            "page_obj": page,
            "can_decide": may,
            "own": self.user.pk,
            "return_form": ReasonForm(label="退回意见（退回时填写）"),
        }


class DecideView(RegisterPage):
    """POST only: confirm the ticked answers, or send them back with a reason."""

    permission = Permission.REGISTER_CONFIRM
    http_method_names: Any = ["post"]

    def authorise(self) -> None:
        super().authorise()
        self.require_in(self.department)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ids = row_numbers(request.POST.getlist("ids"))
        try:
            if request.POST.get("action") == "return":
                reason = request.POST.get("reason", "")
                count = services.return_answers(ids=ids, reason=reason, by=self.user)
                messages.success(request, f"已退回 {count} 个缺号的说明。")
            else:
                count = services.confirm_answers(ids=ids, by=self.user)
                messages.success(request, f"已确认 {count} 个缺号的说明。")
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        return redirect(self.address("register_answers"))
