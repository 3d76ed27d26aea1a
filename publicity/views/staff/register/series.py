"""The numbering series of a department: what it numbers, and how."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView, TemplateView

from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal

from .... import services
from ....models import NumberSeries
from ....numbering import examples, read_pattern
from ....register_forms import SeriesForm
from ....selectors.desk import KIND_WORDS
from ....selectors.series import series_of, strays
from .pages import RegisterPage


class SeriesListView(RegisterPage, TemplateView):
    template_name = "staff/publicity/register/series_list.html"
    tab = "register_series"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "lines": series_of(self.department),
            "strays": [(KIND_WORDS[stray.kind], stray) for stray in strays(self.department)],
        }


class SeriesFormPage(RegisterPage, FormView[SeriesForm]):
    """Typing a series. 显示样例 changes nothing and shows how the numbers would look."""

    permission = Permission.REGISTER_EDIT
    form_class = SeriesForm
    template_name = "staff/publicity/register/series_form.html"
    tab = "register_series"

    def authorise(self) -> None:
        """The permission is asked of this department; a series of another one is 404 for everybody."""
        super().authorise()
        self.require_in(self.department)

    def form_valid(self, form: SeriesForm) -> HttpResponse:
        if "preview" in self.request.POST:
            typed = form.cleaned_data
            shown = examples(
                read_pattern(typed["pattern"]), typed["from_year"], typed["first_number"]
            )
            return self.render_to_response(self.get_context_data(form=form, examples=shown))
        try:
            self.store(form.cleaned_data)
        except Refusal as refusal:
            form.add_refusal(refusal)
            return self.form_invalid(form)
        messages.success(self.request, "已保存文号规则。")
        return redirect(self.address("register_series"))

    def store(self, typed: dict[str, Any]) -> None:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": self.step}


class SeriesCreateView(SeriesFormPage):
    step = "登记文号规则"

    def get_initial(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        return {"kind": kind} if kind in KIND_WORDS else {}

    def store(self, typed: dict[str, Any]) -> None:
        services.define_series(department=self.department, by=self.user, **typed)


class SeriesEditView(SeriesFormPage):
    step = "修改文号规则"

    @cached_property
    def series(self) -> NumberSeries:
        rows = NumberSeries.objects.filter(department=self.department).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fixed": True}

    def get_initial(self) -> dict[str, Any]:
        names = ("pattern", "first_number", "from_year", "until_year")
        return {name: getattr(self.series, name) for name in names}

    def store(self, typed: dict[str, Any]) -> None:
        services.change_series(series=self.series, by=self.user, **typed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "series": self.series,
            "timeline": timeline(self.series),
        }
