"""Letting somebody in who has just opened their account: the same session and the same line in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login

from .addresses import client_address
from .services import sign_in

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def let_in(request: HttpRequest, user: User, *, method: str) -> None:
    """`method` is how they proved themselves: "password" or "socialaccount"."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method)
    sign_in.signed_in(user=user, address=client_address(request))
