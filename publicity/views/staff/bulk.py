"""Steps on many rows: first a page that says what will happen, then a job with a line for each row."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse

from credit_portal.accounts import policy
from credit_portal.exceptions import Refusal
from credit_portal.web.templatetags.tables import thousands

from ... import services
from ...filters import filtered
from ...forms import LateReasonForm, ReturnForm
from ...models import DECISION_MODELS
from ...selectors.desk import KIND_WORDS
from ...selectors.lines import STEPS
from ...selectors.steps import Forecast, forecast
from ...services.acting import MOST, VERBS, visible_ids
from .decisions import DecisionPage
from .presenters import crumbs, row_numbers

LATE = {
    "submit": "其中 {} 条已过最迟公示日，还没有迟报原因：请在下面统一填写，不填写的由审核人补充。",
    "approve": "其中 {} 条已过最迟公示日，须在下面填写迟报原因。",
}
FOR_LATE_ONES = "只用于其中已过最迟公示日、还没有原因的信息，记入流转记录。"
TOKEN = 36  # characters of the name of an order


class BulkPage(DecisionPage):
    """The query string is the filter of the list the person came from. GET leads back there: what was ticked is
    gone, as after a sign-in in between."""

    http_method_names: Any = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.list_url)

    @property
    def action(self) -> str:
        action = self.request.POST.get("action", "")
        if action not in STEPS:
            raise Http404
        policy.require(self.user, STEPS[action][0])
        return action

    @property
    def list_url(self) -> str:
        address = reverse("staff:publicity:decision_list", args=[self.kind])
        query = self.request.GET.urlencode()
        return f"{address}?{query}" if query else address

    def turn_back(self, refusal: Refusal) -> HttpResponse:
        messages.error(self.request, refusal.user_message)
        return redirect(self.list_url)

    def ask(self, ids: list[int], form: Any) -> HttpResponse:
        """The page that names the rows and what will happen to them."""
        action = self.action
        outlook = forecast(self.kind, action, ids, self.user)
        word = KIND_WORDS[self.kind]
        context = {
            "kind_word": word,
            "verb": VERBS[action],
            "outlook": outlook,
            "crumbs": crumbs((word, self.list_url), (f"确认{VERBS[action]}", "")),
            "title": f"{VERBS[action]} {thousands(outlook.able)} 条{word}信息",
            "effects": effects(action, outlook),
            "following": "；".join(outlook.following),
            "csrf_token": get_token(self.request),
            "list_url": self.list_url,
            "run_url": f"{self.run_url}?{self.request.GET.urlencode()}",
            "form": form if action == "return" or outlook.late else None,
            "phrases": ReturnForm.phrases if action == "return" else (),
            "hidden": [
                {"name": "action", "value": action},
                {"name": "ids", "value": ",".join(map(str, ids))},
                {"name": "token", "value": self.request.POST.get("token") or str(uuid4())},
            ],
        }
        return render(self.request, "staff/publicity/bulk_confirm.html", context)

    @property
    def run_url(self) -> str:
        return reverse("staff:publicity:decision_bulk", args=[self.kind])

    def reason_form(self, data: Any = None) -> ReturnForm | LateReasonForm:
        if self.action == "return":
            return ReturnForm(data, auto_id="bulk_%s")
        form = LateReasonForm(data, auto_id="bulk_%s")
        if self.action == "submit":
            form.fields["late_reason"].help_text = FOR_LATE_ONES
        return form


class DecisionConfirmView(BulkPage):
    """`action` and `ids`, or `all=1` for every row of the filter in the state at hand. Changes nothing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ids = visible_ids(self.kind, self.chosen(self.action), by=self.user)
        except Refusal as refusal:
            return self.turn_back(refusal)
        return self.ask(ids, self.reason_form())

    def chosen(self, action: str) -> list[int]:
        if self.request.POST.get("all") != "1":
            return row_numbers(self.request.POST.getlist("ids"))
        permission, states = STEPS[action]
        if action == "return":
            states = ("in_review",)  # what is approved is taken back one by one
        rows = DECISION_MODELS[self.kind].objects.visible_to(self.user)
        found = filtered(rows, self.request.GET, self.user)
        acting = found.actionable_by(self.user, permission).filter(state__in=states)
        return list(acting.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


class DecisionBulkView(BulkPage):
    """The confirmed order: `action`, `ids` (numbers joined by commas), `token`, and the reason where one is due."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.POST
        ids = row_numbers(given.get("ids", "").split(","))
        try:
            job = services.order_steps(
                kind=self.kind,
                action=self.action,
                ids=ids,
                by=self.user,
                token=given.get("token", "")[:TOKEN] or str(uuid4()),
                reason=given.get("reason", ""),
                late_reason=given.get("late_reason", ""),
                query=request.GET.urlencode(),
            )
        except Refusal as refusal:
            return self.ask_again(ids, refusal)
        return redirect("staff:jobs:detail", job.pk)

    def ask_again(self, ids: list[int], refusal: Refusal) -> HttpResponse:
        """The same page with what was typed; back to the list when the rows themselves are the trouble."""
        try:
            visible_ids(self.kind, ids, by=self.user)
        except Refusal as trouble:
            return self.turn_back(trouble)
        form = self.reason_form(self.request.POST)
        form.add_error("reason" if self.action == "return" else "late_reason", refusal.user_message)
        return self.ask(ids, form)


def effects(action: str, outlook: Forecast) -> list[str]:
    """What will happen, and to how many; then what will not."""
    told = {
        "submit": ["提交后由审核人审核。审核前可以撤回修改，审核后须由审核人退回。"],
        "approve": ["审核通过后等待单位负责人公示，不会立即公开。"],
        "return": ["退回录入人修改，录入人会收到通知和退回意见。"],
        "publish": ["立即向社会公开。", "自动报送市平台；以后的更正另成新版本，须重新审核和公示。"],
    }[action]
    names = "、".join(outlook.names)
    more = f" 等 {thousands(outlook.able)} 条" if outlook.able > len(outlook.names) else ""
    found = [*told, *([f"包括：{names}{more}。"] if names else [])]
    if action == "publish" and outlook.able:
        found.append(urgency(outlook))
    if outlook.for_others:
        found.append(f"其中 {thousands(outlook.for_others)} 条由填报单位代其他机关填报。")
    if outlook.late:
        found.append(LATE[action].format(thousands(outlook.late)))
    if outlook.own:
        found.append(
            f"另有 {thousands(outlook.own)} 条由您录入、提交或审核，须由他人办理，不会办理。"
        )
    if outlook.turned_away:
        found.append(
            f"另有 {thousands(outlook.turned_away)} 条当前状态不能{VERBS[action]}，不会办理。"
        )
    return found


def urgency(outlook: Forecast) -> str:
    """How many of the rows to publish are past their deadline, and for how many it ends today."""
    if not (outlook.overdue or outlook.due_today):
        return "其中没有已逾期或今天到期的。"
    overdue = f"{thousands(outlook.overdue)} 条已逾期" if outlook.overdue else "没有已逾期的"
    due = f"{thousands(outlook.due_today)} 条今天到期" if outlook.due_today else "没有今天到期的"
    return f"其中 {overdue}，{due}。".replace("其中 没有", "其中没有")
