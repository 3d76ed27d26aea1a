"""Where a person wants to hear of news: the address, its confirmation, what goes by which way."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from credit_portal.exceptions import Refusal
from credit_portal.notices import services
from credit_portal.notices.forms import CodeForm, ContactForm, answers_of
from credit_portal.notices.selectors import contact_of, last_dispatches
from credit_portal.web.gates import StaffView

PAGE = "staff:notices:contact"


class ContactView(StaffView, FormView[ContactForm]):
    form_class = ContactForm
    template_name = "staff/notices/contact.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = answers_of(contact_of(self.user))
        return super().get_form_kwargs() | {"user": self.user, "initial": initial}

    def form_valid(self, form: ContactForm) -> HttpResponse:
        contact = services.set_contact(by=self.user, **form.cleaned_data)
        waits = contact.email and not contact.confirmed_at
        words = "已保存。确认码已发往新邮箱，请在下方填写。" if waits else "已保存。"
        messages.success(self.request, words)
        return redirect(PAGE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = contact_of(self.user)
        return super().get_context_data(**kwargs) | {
            "contact": contact,
            "waits": bool(contact.email) and not contact.confirmed_at,
            "code_form": kwargs.get("code_form") or CodeForm(),
            "mail_is_on": settings.MAIL_IS_ON,
            "messenger_is_on": bool(settings.MESSENGER),
            "sent": last_dispatches(self.user),
        }


class ConfirmView(ContactView):
    """The code that came by mail."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = CodeForm(request.POST)
        if code.is_valid():
            try:
                services.confirm_address(by=self.user, code=code.cleaned_data["code"])
            except Refusal as refusal:
                code.add_error("code", refusal.user_message)
        if code.errors:
            form = ContactForm(user=self.user, initial=answers_of(contact_of(self.user)))
            return self.render_to_response(self.get_context_data(form=form, code_form=code))
        messages.success(request, "邮箱已确认，今后按您的选择发送邮件。")
        return redirect(PAGE)


class CodeView(StaffView):
    """Another code."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            contact = services.send_code(by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, f"确认码已发往 {contact.email}。")
        return redirect(PAGE)
