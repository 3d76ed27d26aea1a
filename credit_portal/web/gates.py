"""The three gates. Every view stands behind exactly one of them, and a test walks the routes to prove it.

What is not yours is 404 (`visible_to` in the queryset); what you may see but not do is 403.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.views import View

from credit_portal.accounts import policy, security
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.querysets import DepartmentQuerySet
from credit_portal.accounts.roles import Permission

from . import kept, page_cache

FETCHED = "fetch"  # what our scripts say in X-Requested-With: nobody would see a page


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
        if request.method == "POST":
            kept.settle(request, self.user)
        form = request.kept_form = kept.waiting(request, self.user)  # type: ignore[attr-defined]
        response = super().dispatch(request, *args, **kwargs)
        if form:
            when_rendered(response, lambda page: kept.show(request, page, form))
        return response

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def unfinished_sign_in(self, request: HttpRequest) -> str:
        """The page that must come first, if any: a new password, a second factor."""
        if self.user.must_change_password or security.password_is_too_old(self.user):
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
            raise NotAllowed("您目前不能代表任何企业办理。授权可能已经到期或结束。")

    @property
    def entity_codes(self) -> list[str]:
        return policy.represents(self.user)


def factor_is_proven(request: HttpRequest) -> bool:
    """Whether this session, not only this account, has passed the second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def go_to(name: str, request: HttpRequest) -> HttpResponseBase:
    """To the named page and back to where the person wanted to go.

    What a form sent is kept for that person on the way, who comes back to the page of the form.
    """
    if request.headers.get("X-Requested-With") == FETCHED:
        return JsonResponse({"sentence": "登录已失效。"}, status=401)
    asked = request.method in ("GET", "HEAD")
    target = request.get_full_path() if asked else kept.page_before(request)
    response = HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': target})}")
    if not asked:
        kept.keep(request, response)
    return response


def when_rendered(response: HttpResponseBase, change: Callable[[HttpResponseBase], None]) -> None:
    """Now, or once the template of the answer has been rendered."""
    if isinstance(response, SimpleTemplateResponse):
        response.add_post_render_callback(change)
    else:
        change(response)
