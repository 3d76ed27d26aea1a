"""Forms of the activation of firms and of delegates."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from credit_portal.accounts import security
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import DELEGABLE, FirmAct
from credit_portal.web.forms import PortalForm

from .codes import check_code
from .services.delegates import longest_end

MOBILE = re.compile(r"1[3-9][0-9]{9}")
CODE_WIDGET = {
    "data-uppercase": "",
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
}


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(label="手机号", max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        phone = re.sub(r"[\s-]", "", str(super().clean(value)))
        if phone and not MOBILE.fullmatch(phone):
            raise ValidationError("手机号应为 11 位数字，以 1 开头。")
        return phone


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


class PersonForm(PortalForm):
    """Who becomes head, when the service portal has vouched for them."""

    name = forms.CharField(
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


class DelegationForm(PortalForm):
    """What a delegate may do and until when."""

    scope = forms.MultipleChoiceField(
        label="可以办理的事项",
        choices=[(act.value, act.label) for act in FirmAct if act in DELEGABLE],
        widget=forms.CheckboxSelectMultiple,
        initial=[FirmAct.VIEW.value],
    )
    valid_until = forms.DateField(
        label="授权截止日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"],
        error_messages={"invalid": "日期请按 2026-09-30 的样子填写。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["valid_until"]
        field.help_text = f"当日仍有效，次日起自动失效；最晚可到 {longest_end()}。"
        field.widget.attrs |= {"min": str(localdate()), "max": str(longest_end())}

    def clean_scope(self) -> list[str]:
        """Whoever may submit may look as well."""
        return sorted({*self.cleaned_data["scope"], FirmAct.VIEW.value})


class DelegateForm(DelegationForm):
    """A delegate to be appointed."""

    name = forms.CharField(label="姓名", max_length=50)
    phone = PhoneField()
    username = forms.CharField(
        label="用户名",
        max_length=30,
        min_length=4,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        help_text="经办人已有本平台账号的，填其用户名；没有的，填一个新的，系统会为其开立账号。",
    )
    field_order = ("name", "phone", "username", "scope", "valid_until")

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
