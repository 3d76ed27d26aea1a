"""Forms of the activation of firms and of delegates."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from credit_portal.accounts import security
from credit_portal.accounts.forms import PhoneField
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import DELEGABLE, FirmAct
from credit_portal.regulations.dates import add_months
from credit_portal.web.forms import PortalForm

from .codes import check_code
from .exceptions import DelegationRefused
from .services.delegates import check_end, longest_end

CODE_WIDGET = {
    "data-uppercase": "",
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
}


class FirmCodeField(forms.CharField):
    """The unified code, cleaned and judged by the guard of codes."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs=CODE_WIDGET)
        super().__init__(label="统一社会信用代码", max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        verdict = check_code(super().clean(value))
        if not verdict.valid:
            raise ValidationError(verdict.sentence)
        return verdict.normalised


class LetterCodeForm(PortalForm):
    """What stands on the letter."""

    firm_code = FirmCodeField(help_text="18 位，印在激活函和营业执照上。")
    code = forms.CharField(
        label="激活码",
        max_length=40,
        widget=forms.TextInput(attrs=CODE_WIDGET),
        help_text="激活函上的 16 位字母和数字，可以不输入横线。",
    )


class NameField(forms.CharField):
    """A person's name: letters of any script, and what stands between them."""

    BETWEEN = frozenset("·•・.'- ")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not all(sign.isalpha() or sign in self.BETWEEN for sign in value):
            raise forms.ValidationError("姓名只能有汉字、字母和间隔号，请核对。")


class PersonForm(PortalForm):
    """Who becomes head, when the service portal has vouched for them."""

    name = NameField(
        label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField()


class RegisterForm(PersonForm):
    """Who becomes head, with an account of this portal."""

    username = forms.CharField(
        label="用户名",
        max_length=30,
        min_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text="4 至 30 个字符，以后用它登录。",
    )
    password1 = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="再输入一次密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least, kinds = security.password_length(staff=False), security.password_kinds()
        self.fields["username"].error_messages["min_length"] = "用户名至少 4 个字符。"
        self.fields["password1"].help_text = (
            f"至少 {least} 个字符，含大写字母、小写字母、数字、符号中的 {kinds} 类；"
            "不能包含用户名、姓名和“淮南”“应急”等词。"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致。")
        elif first:
            user = User(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
            user.phone, user.acts_for_firm = cleaned.get("phone", ""), True
            try:
                validate_password(first, user)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class FirmForm(PortalForm):
    """For which firm a letter is to be written."""

    firm = FirmCodeField()


class RevokeForm(PortalForm):
    reason = forms.CharField(label="撤销原因", max_length=200)


FREE = "other"
MONTHS = (3, 6, 12)


class DelegationForm(PortalForm):
    """What a delegate may do and until when: some months from today, or a day of one's own."""

    scope = forms.MultipleChoiceField(
        label="可以办理的事项",
        choices=[(act.value, act.label) for act in FirmAct if act in DELEGABLE],
        widget=forms.CheckboxSelectMultiple,
        initial=[FirmAct.VIEW.value],
    )
    period = forms.ChoiceField(label="授权期限", required=False, widget=forms.RadioSelect)
    valid_until = forms.DateField(
        label="授权截止日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "data-free-date": ""}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"],
        error_messages={"invalid": "日期请按 2026-09-30 的样子填写。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = month_ends()
        choices = [(key, f"{key} 个月，至 {end}") for key, end in self.ends.items()]
        cast(forms.ChoiceField, self.fields["period"]).choices = [*choices, (FREE, "指定日期")]
        field = self.fields["valid_until"]
        field.help_text = (
            f"选“指定日期”时填写。当日仍有效，次日起自动失效；最晚可到 {longest_end()}。"
        )
        field.widget.attrs |= {"min": str(localdate()), "max": str(longest_end())}

    def clean_scope(self) -> list[str]:
        """Whoever may submit may look as well."""
        return sorted({*self.cleaned_data["scope"], FirmAct.VIEW.value})

    def clean(self) -> dict[str, Any]:
        """`valid_until` whatever was chosen. A day typed beside a number of months is asked about, not guessed."""
        cleaned = super().clean() or {}
        period = cleaned.pop("period", "")
        if period in self.ends:
            if "valid_until" in self.changed_data and cleaned.get("valid_until"):
                self.add_error(
                    "valid_until", f"已选“{period} 个月”。请清空日期，或者改选“指定日期”。"
                )
            else:
                self.errors.pop("valid_until", None)
                cleaned["valid_until"] = self.ends[period]
        elif "valid_until" not in self.errors:
            self._clean_free_day(cleaned.get("valid_until"))
        return cleaned

    def _clean_free_day(self, day: dt.date | None) -> None:
        if day is None:
            self.add_error("valid_until", "请填写授权截止日，或选择授权期限。")
            return
        try:
            check_end(day)
        except DelegationRefused as refusal:
            self.add_error("valid_until", refusal.user_message)


def month_ends() -> dict[str, dt.date]:
    """The choices of months with their last days, as far as the rule lets a delegation run."""
    today = localdate()
    ends = {str(months): add_months(today, months) for months in MONTHS}
    return {key: end for key, end in ends.items() if end <= longest_end()}


class DelegateForm(DelegationForm):
    """A delegate to be appointed."""

    name = NameField(label="姓名", max_length=50)
    phone = PhoneField()
    username = forms.CharField(
        label="用户名",
        max_length=30,
        min_length=4,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        help_text="经办人已有本平台账号的，填其用户名；没有的，填一个新的，系统会为其开立账号。"
        "用户名为 4 至 30 个字符，可用字母、数字和 @ . + - _。",
    )
    field_order = ("name", "phone", "username", "scope", "period", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["min_length"] = "用户名至少 4 个字符。"


class LetterFilterForm(PortalForm):
    """The one filter of the list of letters."""

    q = forms.CharField(
        label="企业名称、代码或函编号",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
