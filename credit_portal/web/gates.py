"""The three gates. Every view stands behind exactly one of them, and a test walks the routes to prove it.

What is not yours is 404 (`visible_to` in the queryset); what you may see but not do is 403.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.accounts.roles import Permission

from . import page_cache

LOST = "登录已失效，刚才提交的内容没有保存。请登录后再办理一次，上传的文件需要重新选择。"


class PublicView(View):
    """Open to everyone, never asks who is looking; what a visitor gets may be kept for the next one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        page_cache.mark(request, response)
        return response


class SignedInView(View):
    """Needs a person. `self.user` is that person."""

    factor_is_mandatory: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return go_to("account_login", request)
        self.admit()
        if detour := self.unfinished_sign_in(request):
            return go_to(detour, request)
        self.authorise()
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def unfinished_sign_in(self, request: HttpRequest) -> str:
        """The page that must come first, if any: a new password, a second factor."""
        if self.user.must_change_password:
            return "account_change_password"
        if self.factor_is_mandatory and not factor_is_proven(request):
            return "mfa_reauthenticate" if is_mfa_enabled(self.user) else "mfa_activate_totp"
        return ""

    def admit(self) -> None:
        """Raise unless this tree of pages is for such a person."""

    def authorise(self) -> None:
        """Raise unless the person may use this view."""


class StaffView(SignedInView):
    """Needs staff with a second factor proven in this session, and `permission` somewhere.

    `permission = None` admits every staff member. A view that works on one department still calls
    `self.require_in(department)`, or lets the service ask.
    """

    permission: ClassVar[Permission | None] = None

    factor_is_mandatory = True

    def admit(self) -> None:
        if not policy.is_staff_member(self.user):
            raise NotAllowed("此页面仅供监管部门工作人员使用。")

    def authorise(self) -> None:
        if self.permission is not None:
            policy.require(self.user, self.permission)

    @property
    def departments(self) -> DepartmentQuerySet:
        """Where the person holds the permission of this view."""
        if self.permission is None:
            raise TypeError("this view names no permission")
        return policy.departments_for(self.user, self.permission)

    def require_in(self, department: Department) -> None:
        if self.permission is not None:
            policy.require(self.user, self.permission, department)


class EnterpriseView(SignedInView):
    """Needs a person who represents at least one firm; pages start from those firms."""

    def admit(self) -> None:
        if not self.entity_codes:
            raise NotAllowed("此页面仅供企业用户使用。")

    @property
    def entity_codes(self) -> list[str]:
        return policy.represents(self.user)


def factor_is_proven(request: HttpRequest) -> bool:
    """Whether this session, not only this account, has passed the second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def go_to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    """To the named page and back to where the person wanted to go.

    What a form sent is lost on the way: the person is told so, and comes back to the page of the form.
    """
    if request.method in ("GET", "HEAD"):
        target = request.get_full_path()
    else:
        target = page_before(request)
        messages.warning(request, LOST)
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': target})}")


def page_before(request: HttpRequest) -> str:
    """The page of ours that the request came from, or the first page."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or before.path.startswith("//"):
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path or "/"
