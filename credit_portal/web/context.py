"""What every template may say without its view having to provide it. Nothing is asked before it is used."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from credit_portal.accounts.middleware import time_left
from credit_portal.accounts.models import User

from . import care, navigation
from .addresses import public_url


def site(request: HttpRequest) -> dict[str, object]:
    """`site`: name, owner, filing numbers and telephone of this installation; `page_url`: where this page lives."""
    return {
        "site": settings.PORTAL_SITE,
        "page_url": SimpleLazyObject(lambda: public_url(request, request.path)),
    }


def navigation_of(request: HttpRequest) -> dict[str, object]:
    """`public_menu`, `staff_menu` and `desk`: the menus, and who sits there."""
    return {
        "public_menu": SimpleLazyObject(lambda: navigation.public_menu(request.path)),
        "staff_menu": SimpleLazyObject(lambda: _staff_menu(request)),
        "desk": SimpleLazyObject(lambda: _desk(request)),
    }


def care_of(request: HttpRequest) -> dict[str, object]:
    """`care`: whether 关怀版 is on, and the link that changes it."""
    return {"care": SimpleLazyObject(lambda: care.of(request))}


def _staff_menu(request: HttpRequest) -> list[navigation.MenuItem]:
    user = getattr(request, "user", None)
    return navigation.staff_menu(user, request.path) if isinstance(user, User) else []


def _desk(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {
        "department": user.department.name if user.department else "",
        "role": user.role_names,
        "unread": navigation.unread(user),
        "firms": SimpleLazyObject(lambda: navigation.firms(user)),
        "search_url": reverse("staff:search"),
        "notices_url": reverse("staff:notices:list"),
        "account_url": reverse("mfa_index"),
        "sign_out_url": reverse("account_logout"),
        "time_left": lambda: time_left(request),
        "renew_url": reverse("account_renew"),
    }
