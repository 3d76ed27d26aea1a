"""Before a public decision is taken down or a new version given up: a page that says what will happen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...exceptions import EditConflict
from ...forms import ReasonForm
from ...models import Decision, Publication
from ...selectors.desk import KIND_WORDS
from ...selectors.history import NewVersion, new_version
from ...services.versions import why_not_abandoned
from ...services.workflow import already
from .decisions import DecisionPage
from .presenters import crumbs
from .steps import read_revision


class EndingView(DecisionPage, TemplateView):
    """GET asks and changes nothing. POST acts when the decision still stands as the page said."""

    template_name = "staff/publicity/ending_confirm.html"
    http_method_names: Any = ["get", "head", "post"]
    danger = False

    def verb(self, decision: Decision) -> str:
        raise NotImplementedError

    def why_not(self, decision: Decision) -> str:
        raise NotImplementedError

    def effects(self, decision: Decision) -> list[str]:
        raise NotImplementedError

    def end(self, decision: Decision, read: int | None) -> str:
        """Act; answers the sentence for the person."""
        raise NotImplementedError

    def form(self, data: Any = None) -> ReasonForm | None:
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        policy.require(self.user, self.permission, decision.department)
        if sentence := self.why_not(decision):
            return self.turn_back(decision, sentence)
        return self.render_to_response(self.get_context_data(decision=decision))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = self.decision()
        try:
            messages.success(request, self.end(decision, read_revision(request)))
        except EditConflict as conflict:
            return self.turn_back(decision, conflict.user_message)
        except Refusal as refusal:
            return self.ask_again(decision, refusal.user_message)
        return redirect("staff:publicity:decision_detail", self.kind, decision.pk)

    def turn_back(self, decision: Decision, sentence: str) -> HttpResponse:
        messages.error(self.request, sentence)
        return redirect("staff:publicity:decision_detail", self.kind, decision.pk)

    def ask_again(self, decision: Decision, sentence: str) -> HttpResponse:
        """The same page with what was typed; the page of the decision when the decision is the trouble."""
        form = self.form(self.request.POST)
        if form is None or self.why_not(decision):
            return self.turn_back(decision, sentence)
        form.add_error("reason", sentence)
        form.fields["reason"].widget.attrs["autofocus"] = True
        return self.render_to_response(self.get_context_data(decision=decision, form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision: Decision = kwargs["decision"]
        word, verb = KIND_WORDS[self.kind], self.verb(decision)
        page = reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])
        context = {
            "crumbs": crumbs(
                (word, reverse("staff:publicity:decision_list", args=[self.kind])),
                (decision.document_number, page),
                (f"确认{verb}", ""),
            ),
            "page_url": page,
            "verb": verb,
            "danger": self.danger,
            "title": f"{verb} {decision.party_name} {decision.document_number}",
            "effects": self.effects(decision),
            "form": self.form(),
            "hidden": [{"name": "revision", "value": decision.revision}],
        }
        return super().get_context_data(**(context | kwargs))


class DecisionWithdrawView(EndingView):
    """Take a public decision down, with the reason; a correction on its way ends with it."""

    permission = Permission.DECISION_PUBLISH
    danger = True

    def verb(self, decision: Decision) -> str:
        return "撤下"

    def why_not(self, decision: Decision) -> str:
        return "" if decision.is_public else already(decision)

    def form(self, data: Any = None) -> ReasonForm:
        return ReasonForm(data, auto_id="withdraw_%s", label="撤下原因")

    def end(self, decision: Decision, read: int | None) -> str:
        reason = self.request.POST.get("reason", "")
        services.withdraw(kind=self.kind, pk=decision.pk, by=self.user, reason=reason, read=read)
        return "已撤下，公开页面即时停止展示。撤下信息等待报送市平台，结果见本页“市平台报送”。"

    def effects(self, decision: Decision) -> list[str]:
        public = Publication.objects.current().filter(reference=decision.reference).first()
        version = new_version(decision)
        return [
            *([f"现在公示的是{which(public)}。"] if public else []),
            "公开页面立即停止展示。按原网址打开或扫码的人只看到“该信息已停止公示”，看不到内容和撤下原因。",
            *(["企业信用记录中的这一条同时撤销。"] if decision.entity_id else []),
            "向市平台报送撤下信息，报送结果可在信息页面查看。",
            *([stopped(decision, version)] if version else []),
            "最迟公示日和及时率仍按首次公示计算，不因撤下改变。",
            "撤下后不能直接恢复。需要重新公示的，由本单位录入员填写原因，重新审核、公示。",
        ]


class DecisionAbandonView(EndingView):
    """Give up a version that was opened by mistake."""

    permission = Permission.DECISION_EDIT

    def verb(self, decision: Decision) -> str:
        return "放弃更正" if decision.is_public else "放弃重新公示"

    def why_not(self, decision: Decision) -> str:
        return why_not_abandoned(decision)

    def end(self, decision: Decision, read: int | None) -> str:
        services.abandon(kind=self.kind, pk=decision.pk, by=self.user, read=read)
        if decision.is_public:
            return "已放弃更正，公示内容不变。"
        return "已放弃重新公示，这条信息仍为已撤下。"

    def effects(self, decision: Decision) -> list[str]:
        version = new_version(decision)
        changed = "、".join(change.label for change in version.changes) if version else ""
        public = "公开页面" if decision.is_public else "公众仍看不到这条信息，信用记录"
        return [
            f"{public}和市平台的数据不变。",
            f"已改动的栏目恢复原来的内容：{changed}。" if changed else "还没有改动任何栏目。",
            "建立和放弃都记入流转记录；以后仍可重新建立。",
        ]


def which(public: Publication) -> str:
    at = timezone.localtime(public.published_at)
    return f"第 {public.version} 版（{at:%Y-%m-%d %H:%M} 公示）"


def stopped(decision: Decision, version: NewVersion) -> str:
    state, reason = decision.get_state_display(), version.reason.rstrip("。")
    return (
        f"{version.who}建立的更正（{state}，原因：{reason}）同时终止，"
        "改动保留在流转记录中，经办人会收到通知。"
    )
