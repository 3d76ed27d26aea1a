"""Activation letters at the supervising department."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import DetailView, ListView, TemplateView

from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from .. import services
from ..codes import normalise_code
from ..exceptions import LetterRefused
from ..forms import FirmForm, LetterFilterForm, RevokeForm
from ..models import ActivationLetter, MarketEntity
from ..querysets import ActivationLetterQuerySet
from ..search import readable
from ..selectors import LETTER_STATES, heads, letter_state

MAX_QUERY = 100  # characters


class LetterView(StaffView):
    permission = Permission.LETTER_ISSUE

    def letters(self) -> ActivationLetterQuerySet:
        return ActivationLetter.objects.visible_to(self.user)


class LetterListView(NearestPage, LetterView, ListView[ActivationLetter]):
    template_name = "staff/records/letter_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        self.query = readable(self.request.GET.get("q", ""))[:MAX_QUERY]
        state = self.request.GET.get("state", "")
        self.state = state if state in LETTER_STATES else ""
        rows = self.letters().in_state(self.state) if self.state else self.letters()
        if self.query:
            code = normalise_code(self.query)
            rows = rows.filter(
                Q(entity__name__contains=self.query) | Q(entity__code=code) | Q(number=code)
            )
        return rows.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = self.letters().counts()
        return context | {
            "filters": LetterFilterForm({"q": self.query}),
            "keep": [{"name": "state", "value": self.state}] if self.state else [],
            "reset_url": f"?state={self.state}" if self.state else "?",
            "query": self.query,
            "rows": [(letter, letter_state(letter)) for letter in context["page_obj"]],
            "tab_items": [
                tab("全部", "", sum(counts.values()), self.state),
                *(tab(s.label, key, counts[key], self.state) for key, s in LETTER_STATES.items()),
            ],
        }


class LetterCreateView(LetterView, TemplateView):
    """First the firm, then what is known about it, then the button that answers with the sheet."""

    template_name = "staff/records/letter_create.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("firm")
        form = kwargs.pop("form", None) or FirmForm({"firm": asked} if asked else None)
        firm = kwargs.pop("firm", None) or self._firm(form)
        return super().get_context_data(**kwargs) | {
            "form": form,
            "firm": firm,
            "facts": self._facts(firm) if firm else [],
            "open_letter": self._open_letter(firm),
            "department": self.department,
            "steps_url": self.request.build_absolute_uri(reverse("activation:start")),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FirmForm(request.POST)
        firm = self._firm(form)
        if firm is None:
            return self.render_to_response(self.get_context_data(form=form))
        seen = request.POST.get("replaces", "")
        try:
            issued = services.issue_letter(
                entity=firm,
                department=self.department,
                replaces=int(seen) if seen.isdecimal() and len(seen) < 18 else None,
                address=request.build_absolute_uri(reverse("activation:start")),
                by=self.user,
            )
        except LetterRefused as refusal:
            form.add_refusal(refusal)
            return self.render_to_response(self.get_context_data(form=form, firm=firm))
        answer = HttpResponse(issued.pdf, content_type="application/pdf")
        filename = f"激活函-{firm.name}-{issued.letter.number}.pdf"
        answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
        return answer

    @property
    def department(self) -> Department:
        """The person's own department, or the first for which they may issue."""
        own = self.user.department
        found = self.departments.filter(pk=own.pk).first() if own else None
        return found or self.departments.order_by("pk")[0]

    def _firm(self, form: FirmForm) -> MarketEntity | None:
        if not form.is_bound or not form.is_valid():
            return None
        firm = MarketEntity.objects.by_code(form.cleaned_data["firm"]).first()
        if firm is None:
            form.add_error("firm", "登记库中没有这家企业，请核对代码；新设企业请先更新登记信息。")
        return firm

    def _facts(self, firm: MarketEntity) -> list[dict[str, str]]:
        return [
            {
                "label": "企业名称",
                "value": firm.name,
                "url": reverse("public:entity", args=[firm.code]),
            },
            {"label": "统一社会信用代码", "value": firm.code},
            {"label": "法定代表人", "value": firm.legal_representative},
            {"label": "登记状态", "value": firm.status},
            {"label": "现有负责人账号", "value": "、".join(heads(firm.code))},
        ]

    def _open_letter(self, firm: MarketEntity | None) -> ActivationLetter | None:
        """Whichever department wrote it: there is one for each firm."""
        rows = ActivationLetter.objects.open().for_table()
        return rows.filter(entity=firm).first() if firm else None


class LetterDetailView(LetterView, DetailView[ActivationLetter]):
    template_name = "staff/records/letter_detail.html"
    context_object_name = "letter"

    def get_queryset(self) -> Any:
        return self.letters().for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", RevokeForm())
        return super().get_context_data(**kwargs) | {
            "state": letter_state(self.object),
            "entries": timeline(self.object),
            "reissue_url": f"{reverse('staff:records:letter_create')}?firm={self.object.entity.code}",
        }


class LetterRevokeView(LetterView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = get_object_or_404(self.letters(), pk=pk)
        form = RevokeForm(request.POST)
        if not form.is_valid():
            messages.error(request, "请填写撤销原因，激活函没有撤销。")
        else:
            try:
                services.revoke_letter(
                    letter=letter, reason=form.cleaned_data["reason"], by=self.user
                )
            except LetterRefused as refusal:
                messages.error(request, refusal.user_message)
            else:
                messages.success(request, f"{letter}已撤销，函上的激活码即时失效。")
        return redirect("staff:records:letter_detail", pk)


def tab(label: str, state: str, count: int, current: str) -> dict[str, Any]:
    url = f"?state={state}" if state else "?"
    return {"label": label, "url": url, "count": count, "active": state == current}
