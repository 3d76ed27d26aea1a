"""Forms of the sign-in pages, in allauth's flow."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from allauth.mfa.totp.internal.auth import get_totp_secret
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError

from . import security
from .adapters import AccountAdapter, FactorAdapter, failure_sentence
from .exceptions import SignInLocked
from .models import SignInTrial, User
from .services import sign_in


def dress(form: forms.BaseForm, labels: dict[str, str]) -> None:
    """Our labels and our wording for empty fields."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
        field.error_messages["required"] = f"请填写{label}。"


class OneTimeInput(forms.TextInput):
    """For a code that is good once: what was sent does not come back, and the box has the focus."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__((attrs or {}) | {"autofocus": True})

    def format_value(self, value: Any) -> str | None:
        return None


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, {"login": "用户名", "password": "密码"})


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, {"password": "密码"})


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(
            self,
            {"oldpassword": "当前密码", "password1": "新密码", "password2": "再输入一次新密码"},
        )
        self.fields["password1"].help_text = "".join(password_validators_help_texts())

    def clean_oldpassword(self) -> str:
        """Counted like a sign-in: a stolen session must not become a place to guess."""
        old = str(self.cleaned_data["oldpassword"])
        adapter = AccountAdapter(context.request)
        if not adapter.reauthenticate(self.user, old):
            raise adapter.validation_error("enter_current_password")
        return old

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的新密码不一致。")
        if first and first == cleaned.get("oldpassword"):
            self.add_error("password1", "新密码不能与当前密码相同。")
        if "oldpassword" in cleaned and security.password_is_too_new(self.user):
            raise ValidationError(too_new())
        return cleaned


def too_new() -> str:
    hours = security.password_min_age() // dt.timedelta(hours=1)
    return f"密码修改后满 {hours} 小时才能再次修改。怀疑密码已泄露的，请联系管理员重置。"


MOBILE = re.compile(r"1[3-9][0-9]{9}")


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(label="手机号", max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        phone = re.sub(r"[\s-]", "", str(super().clean(value)))
        if phone and not MOBILE.fullmatch(phone):
            raise ValidationError("手机号应为 11 位数字，以 1 开头。")
        return phone


class OwnPhoneForm(forms.Form):
    """Another telephone of one's own; the password shows that it is the person and not just the device."""

    phone = PhoneField(error_messages={"required": "请填写手机号。"})
    password = forms.CharField(
        label="当前密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写当前密码。"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Counted like a sign-in, and only when the number is sound."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        adapter = AccountAdapter(context.request)
        try:
            proven = adapter.reauthenticate(self.user, cleaned["password"])
        except ValidationError as error:
            self.add_error("password", error)
            return cleaned
        if not proven:
            self.add_error("password", adapter.validation_error("enter_current_password"))
        return cleaned


class CodeFormMixin(forms.Form):
    """Counts attempts for each person, wherever they come from, and uses each code once."""

    user: User
    authenticator: Any

    def dress_code(self, label: str) -> None:
        dress(self, {"code": label})
        field = self.fields["code"]
        field.widget = OneTimeInput(field.widget.attrs)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        trial: dict[str, Any] = {
            "kind": SignInTrial.Kind.FACTOR,
            "account": str(self.user.pk),
            "address": "",
        }
        try:
            sign_in.begin_attempt(**trial)
        except SignInLocked as refusal:
            raise ValidationError(refusal.user_message, code="locked") from refusal
        if not self.proves(code):
            if sentence := failure_sentence(**trial):
                raise ValidationError(sentence, code="nearly_locked")
            raise FactorAdapter().validation_error("incorrect_code")
        sign_in.attempt_succeeded(**trial)
        return code

    def proves(self, code: str) -> bool:
        self.authenticator = sign_in.use_code(user=self.user, code=code)
        return self.authenticator is not None


class AuthenticateForm(CodeFormMixin, AllauthAuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress_code("动态口令或备用码")


class CodeReauthenticateForm(CodeFormMixin, AllauthCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress_code("动态口令或备用码")


class ActivateTOTPForm(CodeFormMixin, AllauthActivateForm):  # type: ignore[misc]
    """Keeps the secret of this session, so that loading the page again does not spoil what was scanned."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user = user
        self.secret = get_totp_secret()
        self.dress_code("动态口令")

    def proves(self, code: str) -> bool:
        return sign_in.code_fits(secret=self.secret, code=code)
