"""Where a person wants to hear of news."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from credit_portal.accounts.models import User

from .models import Contact


class ContactForm(forms.Form):
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        help_text="请填写单位邮箱。保存后系统向该邮箱发送确认码，确认后才开始发送。",
        error_messages={"invalid": "邮箱地址不完整，请按 name@example.gov.cn 的样子填写。"},
    )
    mail_daily = forms.BooleanField(label="每个工作日上午的待办摘要（邮件）", required=False)
    mail_urgent = forms.BooleanField(label="紧急通知（邮件）", required=False)
    text_urgent = forms.BooleanField(
        label="紧急通知（短信）", required=False, help_text="发送到账号中登记的手机号。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not settings.MAIL_IS_ON:
            for name in ("email", "mail_daily", "mail_urgent"):
                self.fields[name].disabled = True
        if not settings.MESSENGER:
            self.fields["text_urgent"].disabled = True

    def clean_text_urgent(self) -> bool:
        wanted = bool(self.cleaned_data["text_urgent"])
        if wanted and not self.user.phone:
            raise forms.ValidationError("账号中没有手机号，请先在“我的账号”中登记手机号。")
        return wanted


class CodeForm(forms.Form):
    code = forms.CharField(
        label="确认码",
        max_length=20,
        error_messages={"required": "请填写邮件中的 6 位确认码。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


def answers_of(contact: Contact) -> dict[str, Any]:
    """What the form shows at first."""
    names = ("email", "mail_daily", "mail_urgent", "text_urgent")
    return {name: getattr(contact, name) for name in names}
