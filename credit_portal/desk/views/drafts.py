"""Autosaved forms. A form page of any app mixes `KeepsDraft` in, says `draft_form`, and includes two components:

    class EntryView(KeepsDraft, StaffView, FormView): draft_form = "app.entry"

    {% include "components/draft_notice.html" with draft=draft csrf_token=csrf_token only %}   above the form
    {% include "components/draft_bar.html" with draft=draft only %}                            among its buttons

and `data-autosave` on the <form>, which has no action of its own. Saving and giving up go to the address of the
form, so that they stand behind the same gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from credit_portal.accounts.middleware import time_left
from credit_portal.exceptions import Refusal
from credit_portal.web.gates import FETCHED

from .. import services
from ..models import FormDraft

NOT_KEPT = frozenset({"csrfmiddlewaretoken", "draft", "confirmed", "doubted"})
MOST_FIELDS = 300


class KeepsDraft:
    """For a FormView behind a gate. Override `draft_subject` and `draft_version` when a row is being edited."""

    draft_form: ClassVar[str] = ""
    request: HttpRequest
    user: Any

    def draft_name(self) -> str:
        return self.draft_form

    def draft_subject(self) -> str:
        return ""

    def draft_version(self) -> int:
        """Revision of the row as it is now."""
        return 0

    def draft(self) -> FormDraft | None:
        rows = FormDraft.objects.visible_to(self.user)
        return rows.filter(form=self.draft_name(), subject=self.draft_subject()).first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wish = request.POST.get("draft", "")
        if wish == "save":
            return self.save_draft()
        if wish == "drop":
            self.discard_draft()
            messages.info(request, "已放弃未提交的内容。")
            return HttpResponseRedirect(self.after_drop(request.POST.get("back", "")))
        response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        if 300 <= response.status_code < 400:  # the form was taken
            self.discard_draft()
        return response

    def after_drop(self, back: str) -> str:
        """Where the person goes on: on the desk, or with the form as it was at first."""
        return reverse("staff:home") if back == "home" else self.request.get_full_path()

    def save_draft(self) -> HttpResponse:
        fetched = self.request.headers.get("X-Requested-With") == FETCHED
        try:
            draft = self.keep_typed()
        except Refusal as refusal:
            if fetched:
                return JsonResponse({"sentence": refusal.user_message}, status=400)
            messages.error(self.request, refusal.user_message)
            return HttpResponseRedirect(self.request.get_full_path())
        if fetched:
            left = time_left(self.request)._asdict()
            return JsonResponse({"saved_at": clock(draft), "left": left})
        messages.success(self.request, f"填写的内容已于 {clock(draft)} 保存，回到本页可继续填写。")
        return HttpResponseRedirect(self.request.get_full_path())

    def keep_typed(self) -> FormDraft:
        """What was sent, to be gone on with later."""
        sent = self.request.POST
        return services.save_draft(
            form=self.draft_name(),
            subject=self.draft_subject(),
            version=int(sent.get("revision", "") if sent.get("revision", "").isdecimal() else 0),
            values={n: sent.getlist(n) for n in [*sent][:MOST_FIELDS] if n not in NOT_KEPT},
            by=self.user,
        )

    def discard_draft(self) -> None:
        services.discard_draft(form=self.draft_name(), subject=self.draft_subject(), by=self.user)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]
        draft = None if form.is_bound else self.draft()
        if draft:
            fill(form, draft.values)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        draft = None if context["form"].is_bound else self.draft()
        shown = None
        if draft:
            newer = draft.version and draft.version != self.draft_version()
            shown = {"saved_at": clock(draft), "newer": bool(newer)}
        return context | {"draft": shown}


def fill(form: forms.BaseForm, values: Mapping[str, list[str]]) -> None:
    """What was typed becomes what the unbound form shows."""
    typed = QueryDict(mutable=True)
    for name, given in values.items():
        typed.setlist(form.add_prefix(name), given)
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if not field.widget.value_omitted_from_data(typed, {}, html_name):
            form.initial[name] = field.widget.value_from_datadict(typed, {}, html_name)


def clock(draft: FormDraft) -> str:
    """10:32 today, 11月24日 10:32 before."""
    saved = timezone.localtime(draft.saved_at)
    today = saved.date() == timezone.localdate()
    return date_format(saved, "H:i" if today else "n月j日 H:i")
