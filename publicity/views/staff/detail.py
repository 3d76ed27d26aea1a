"""One decision with everything about it, and the steps that are taken from there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal
from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.selectors import attempts_of
from credit_portal.regulations.dates import ExplainedPeriod
from credit_portal.web.templatetags.tables import thousands

from ...exceptions import EditConflict
from ...forms import LateReasonForm, ReasonForm, ReturnForm
from ...models import Decision, Publication
from ...selectors.clocks import clock
from ...selectors.desk import KIND_WORDS
from ...selectors.history import deletion, history, new_version, since_return
from ...selectors.lines import Awaited, lines, steps_for
from ...selectors.steps import QUEUES, Queue, waiting_for
from ...services.entry import needs_reason_to_go
from ...services.versions import why_not_abandoned, why_not_reopened
from .presenters import changed_rows, crumbs, decision_facts, filled, same_number_notice, told
from .steps import StepView

# Which form of the page carries the reason of a step, and under which name.
REASONS: dict[str, tuple[type[forms.Form], str]] = {
    "return": (ReturnForm, "reason"),
    "approve": (LateReasonForm, "late_reason"),
}

# After which acts of a clerk the page offers to enter another decision, and what it says.
ANOTHER = {
    "entered": "这一条已存为草稿，可在本页提交审核；也可先录完其余的，再到列表中一并提交。",
    "submit": "这一条已提交审核。还有同类信息要录入的，可以接着录。",
}


class DecisionDetailView(StepView, TemplateView):
    """Every field, the explained deadline, delivery, and who did what.

    POST takes a step: `action`, and `reason` or `late_reason` where it needs one. `after` in the query string names
    the step just taken: the page then offers the next decision of the same queue.
    """

    template_name = "staff/publicity/decision_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return self.deleted()

    def deleted(self) -> HttpResponse:
        """Notices and bookmarks outlive a draft: whoever could see it is told what became of it."""
        act = deletion(self.kind, self.kwargs["pk"], self.user)
        if act is None:
            raise Http404
        word = KIND_WORDS[self.kind]
        back = reverse("staff:publicity:decision_list", args=[self.kind])
        context = {"act": act, "kind_word": word, "crumbs": crumbs((word, back), ("已删除", ""))}
        return render(
            self.request,
            "staff/publicity/decision_deleted.html",
            context | {"back": back},
            status=410,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, decision = self.action, self.decision()
        try:
            result = self.run(action, [decision.pk])
        except EditConflict as conflict:
            messages.error(request, conflict.user_message)
            return self.back()
        except Refusal as refusal:
            return self.answer(action, refusal.user_message)
        if result.refused:
            return self.answer(action, result.refused[0][1])
        self.report(result, action)
        return self.back(f"?after={action}" if action in QUEUES or action in ANOTHER else "")

    def answer(self, action: str, sentence: str) -> HttpResponse:
        """The page again with what was typed when the reason is the trouble; else the sentence on the page as it
        stands now."""
        if action in REASONS and action in steps_for(self.decision(), self.user):
            form_class, name = REASONS[action]
            form = form_class(self.request.POST, auto_id=f"{action}_%s")
            form.add_error(name, sentence)
            form.fields[name].widget.attrs["autofocus"] = True
            return self.render_to_response(self.get_context_data(**{f"{action}_form": form}))
        messages.error(self.request, sentence)
        return self.back()

    def back(self, query: str = "") -> HttpResponseRedirect:
        page = reverse("staff:publicity:decision_detail", args=[self.kind, self.kwargs["pk"]])
        return HttpResponseRedirect(page + query)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision()
        (line,) = lines([decision], self.user)
        facts = {
            "kind": self.kind,
            "kind_word": KIND_WORDS[self.kind],
            "crumbs": crumbs(
                (KIND_WORDS[self.kind], reverse("staff:publicity:decision_list", args=[self.kind])),
                (decision.document_number, ""),
            ),
            "decision": decision,
            "line": line,
            "clock": line.clock,
            "moves": [action for action in line.steps if action != "return"],
            "message": line.delivery,
            "tries": tries(line.delivery) if line.delivery else [],
            "timeline": [told(decision, entry) for entry in history(decision)],
            **filled(decision_facts(decision)),
            **self.publication_context(decision),
            **self.step_context(decision),
            **self.sequel_context(decision),
            **review_context(decision),
            **version_context(decision),
            "same_number": same_number_notice(decision, self.user),
        }
        return super().get_context_data(**(facts | kwargs))

    def publication_context(self, decision: Decision) -> dict[str, Any]:
        rows = Publication.objects.current().filter(reference=decision.reference)
        publication = rows.first()
        explained = publication.period_explained if publication else None
        period = ExplainedPeriod.from_json(explained) if explained else None
        withdrawn = decision.state == Decision.State.WITHDRAWN and publication
        return {
            "publication": publication,
            "period": period,
            # A withdrawal counts as a version for the platform, yet it is none of the text.
            "version": publication.version if publication and withdrawn else decision.version,
        }

    def step_context(self, decision: Decision) -> dict[str, Any]:
        def may(permission: Permission) -> bool:
            return policy.may(self.user, permission, decision.department)

        awaited = Awaited()
        edits = may(Permission.DECISION_EDIT)
        withdrawn = decision.state == Decision.State.WITHDRAWN
        return {
            "can_edit": edits,
            "can_publish": may(Permission.DECISION_PUBLISH),
            "can_abandon": edits and not why_not_abandoned(decision),
            "why_over": why_not_reopened(decision) if withdrawn else "",
            "can_replay": may(Permission.DELIVERY_REPLAY),
            "can_take_back": edits
            and decision.state == Decision.State.IN_REVIEW
            and decision.submitted_by_id == self.user.pk,
            "waiting": awaited.words(decision),
            "reviewers": awaited.names(Permission.DECISION_REVIEW, decision.department),
            "clerks": awaited.names(Permission.DECISION_EDIT, decision.department),
            "publishers": awaited.names(Permission.DECISION_PUBLISH, decision.department),
            "step_url": self.request.path,
            "return_form": ReturnForm(auto_id="return_%s"),
            "approve_form": LateReasonForm(
                auto_id="approve_%s", initial={"late_reason": decision.late_reason}
            ),
            "submit_form": submit_form(),
            "delete_form": ReasonForm(auto_id="delete_%s", label="删除原因"),
            "goes_with_reason": needs_reason_to_go(decision),
            "revise_form": ReasonForm(auto_id="revise_%s", label="更正原因"),
            "reopen_form": ReasonForm(auto_id="reopen_%s", label="重新公示原因"),
            "send_back_form": ReturnForm(auto_id="send_back_%s"),
        }

    def sequel_context(self, decision: Decision) -> dict[str, Any]:
        """After a step: what waits next in the same queue, and how many there are."""
        after = self.request.GET.get("after", "")
        if after in ANOTHER:
            return {"another": ANOTHER[after]} if decision.version == 1 else {}
        if after not in QUEUES:
            return {}
        return {"sequel": sequel(waiting_for(QUEUES[after], self.user))}


def submit_form() -> LateReasonForm:
    form = LateReasonForm(auto_id="submit_%s")
    form.fields["late_reason"].help_text = "已过最迟公示日，请说明原因，审核时一并核对。"
    return form


def sequel(queue: Queue) -> dict[str, Any]:
    """As a notice: the row whose deadline ends first, or that the queue is empty."""
    row = queue.first
    if row is None:
        text = f"没有其他待您{queue.word}的信息了。"
        return {"tone": "green", "text": text, "url": reverse("staff:home"), "label": "返回待办"}
    return {
        "text": f"还有 {thousands(queue.count)} 条信息待您{queue.word}。"
        f"下一条：{KIND_WORDS[row.KIND]} {row}（{clock(row).word}）。",
        "url": reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk]),
        "label": "办理下一条",
        "more": True,
    }


def review_context(decision: Decision) -> dict[str, Any]:
    """What is new since the decision was sent back, for those who read it a second time."""
    if decision.state not in (Decision.State.IN_REVIEW, Decision.State.APPROVED):
        return {}
    sent_back = since_return(decision)
    if sent_back is None:
        return {}
    return {
        "sent_back": sent_back,
        "changed_rows": changed_rows(sent_back.changes),
        "changed_columns": [{"label": label} for label in ("栏目", "退回时", "现在")],
    }


def version_context(decision: Decision) -> dict[str, Any]:
    """What a later version changes of what was published last, for everybody who works on it."""
    version = new_version(decision)
    if version is None:
        return {}
    before = "公示的内容" if decision.is_public else "撤下前"
    return {
        "new_version": version,
        "version_rows": changed_rows(version.changes),
        "version_columns": [{"label": label} for label in ("栏目", before, "现在")],
        "idle": decision.is_public and not version.changes,
    }


def tries(message: OutboxMessage) -> list[dict[str, Any]]:
    """Every try to deliver a version, as entries of a timeline, the newest first."""
    return [
        {"at": row.at, "what": row.label, "who": f"响应码 {row.status}" if row.status else ""}
        for row in attempts_of(message)
    ]
