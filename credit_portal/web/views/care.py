"""Switching 关怀版 on and off: a link, so that it works without script, which comes back to the page it stood on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from credit_portal.web import care
from credit_portal.web.gates import PublicView


class CareView(PublicView):
    on: ClassVar[bool] = True

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(way_back(request))
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        if self.on:
            response.set_cookie(
                settings.CARE_COOKIE_NAME,
                care.VALUE,
                max_age=care.LIFE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        else:
            response.set_cookie(  # not delete_cookie: a __Host- cookie is ended by one with the same marks only
                settings.CARE_COOKIE_NAME,
                "",
                max_age=0,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class CareOffView(CareView):
    on = False


def way_back(request: HttpRequest) -> str:
    """An address of this site: the page the link stood on, or the first page. Never another host."""
    target = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if ours and target.startswith("/") else "/"
