"""Before one decision becomes public: a page that says what the public will see, how long, and who hears of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission

from ...fields import plain_label
from ...models import Decision
from ...selectors.clocks import clock
from ...selectors.desk import KIND_WORDS
from ...services.publication import Periods, public_name, snapshot
from ...services.workflow import why_not_public
from .decisions import DecisionPage
from .detail import version_context
from .presenters import crumbs


class DecisionPublishView(DecisionPage, TemplateView):
    """Changes nothing. The button on it takes the step on the page of the decision."""

    permission = Permission.DECISION_PUBLISH
    template_name = "staff/publicity/publish_confirm.html"
    http_method_names: Any = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        policy.require(self.user, Permission.DECISION_PUBLISH, decision.department)
        periods = Periods()
        if sentence := why_not_public(decision, periods, by=self.user):
            messages.error(request, sentence)
            return redirect("staff:publicity:decision_detail", self.kind, decision.pk)
        return self.render_to_response(self.get_context_data(decision=decision, periods=periods))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision: Decision = kwargs["decision"]
        period = kwargs["periods"].of(decision)
        word = KIND_WORDS[self.kind]
        page = reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])
        return (
            super().get_context_data(**kwargs)
            | version_context(decision)
            | {
                "crumbs": crumbs(
                    (word, reverse("staff:publicity:decision_list", args=[self.kind])),
                    (decision.document_number, page),
                    ("确认公示", ""),
                ),
                "page_url": page,
                "title": f"公示 {decision.party_name} {decision.document_number}",
                "effects": effects(decision, kwargs["periods"]),
                "period_end": period.latest_end,
                "rows": [
                    field | {"label": plain_label(field["label"])} for field in snapshot(decision)
                ],
                "hidden": [
                    {"name": "action", "value": "publish"},
                    {"name": "revision", "value": decision.revision},
                ],
            }
        )


def effects(decision: Decision, periods: Periods) -> list[str]:
    """Firm, number, what becomes public, until when, where it goes, and how the deadline stands."""
    end = periods.of(decision).ends_on
    until = f"公示至 {end}" if end else "长期公示，没有截止日期"
    name = public_name(decision)
    masked = f"，姓名写作“{name}”" if name != decision.party_name else ""
    return [
        f"立即向社会公开下面列出的内容{masked}{instead_of(decision)}。",
        f"从今天（{periods.today}）起{until}。",
        "自动报送市平台；以后的更正另成新版本，须重新审核和公示。",
        deadline_state(decision),
    ]


def instead_of(decision: Decision) -> str:
    if decision.version == 1:
        return ""
    return "，替换现在公示的版本" if decision.is_public else "，恢复已撤下的公示"


def deadline_state(decision: Decision) -> str:
    found = clock(decision)
    if not found.running:
        return f"{found.word}；及时率按首次公示计算，不因这次公示改变。"
    late = f"，迟报原因：{decision.late_reason}" if decision.late_reason else ""
    return f"最迟公示日 {found.deadline}，{found.word}{late}".rstrip("。") + "。"
