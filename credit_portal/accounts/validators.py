"""What a password must be. Lengths and kinds are rule data; words that everybody here would try are not."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from . import security
from .models import UsedPassword, User
from .roles import ENTERPRISE_ROLES

LOCAL_WORDS = (
    *("huainan", "anhui", "yingji", "anquan", "anjian", "shouxian", "fengtai"),
    *("tianjiaan", "datong", "xiejiaji", "bagongshan", "panji", "maoji", "guanliju", "zhujian"),
    *("淮南", "安徽", "应急", "安全", "安监", "寿县", "凤台", "管理局", "住建", "密码"),
)
KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"), re.compile("[^a-zA-Z0-9]"))


def is_public(user: User | None) -> bool:
    """Only people who act for firms and nothing else get the shorter minimum."""
    if user is not None and user.acts_for_firm:
        return True
    roles = {membership.role for membership in user.open_memberships} if user and user.pk else set()
    return bool(roles) and roles <= ENTERPRISE_ROLES


class LengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        least = security.password_length(staff=not is_public(user))
        if len(password) < least:
            raise ValidationError(f"密码至少 {least} 个字符。", code="password_too_short")
        if len(password) > security.password_max_length():
            raise ValidationError(
                f"密码最多 {security.password_max_length()} 个字符。", code="password_too_long"
            )

    def get_help_text(self) -> str:
        staff, public = (security.password_length(staff=staff) for staff in (True, False))
        return f"工作人员密码至少 {staff} 个字符，企业用户至少 {public} 个字符。"


class KindsValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        if sum(bool(kind.search(password)) for kind in KINDS) < security.password_kinds():
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return f"密码须包含大写字母、小写字母、数字、符号四类中的 {security.password_kinds()} 类。"


class LocalWordsValidator:
    """Place names, the trade and the person's own office, in characters and in pinyin."""

    def validate(self, password: str, user: User | None = None) -> None:
        plain = unicodedata.normalize("NFKC", password).lower()
        for word in (*LOCAL_WORDS, *self._own_words(user)):
            if word in plain:
                raise ValidationError(
                    f"密码不能包含“{word}”这类容易猜到的词。", code="password_word"
                )

    def _own_words(self, user: User | None) -> list[str]:
        if user is None:
            return []
        own = [user.username, user.name, user.phone]
        if user.department is not None:
            own += [user.department.name, user.department.uscc]
        return [word.lower() for word in own if len(word) >= 2]

    def get_help_text(self) -> str:
        return "密码不能包含用户名、姓名、单位名称，以及“淮南”“应急”等词及其拼音。"


class HistoryValidator:
    """The last few passwords of the person, the present one among them."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        if check_password(password, user.password):
            raise ValidationError("新密码不能与当前密码相同。", code="password_used")
        used = UsedPassword.objects.filter(user=user)[: security.password_history()]
        if any(check_password(password, row.password) for row in used):
            raise ValidationError(
                f"新密码不能与最近 {security.password_history()} 次使用过的密码相同。",
                code="password_used",
            )

    def get_help_text(self) -> str:
        return f"不能与最近 {security.password_history()} 次使用过的密码相同。"


class CommonValidator(CommonPasswordValidator):
    """Django's list of the 20,000 most used passwords, in our words."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return "密码不能是常见密码。"
