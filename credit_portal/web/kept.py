"""A form over the sign-in: what a stranger's POST brought is kept for its person, and shown again to nobody else.

docs/adr/0012 says what protects it. Used by the gates only.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from credit_portal.accounts.cookies import KEPT_FORM
from credit_portal.accounts.middleware import last_person
from credit_portal.accounts.models import User
from credit_portal.accounts.services import drop_kept_form, keep_form, kept_form
from credit_portal.accounts.services.kept_forms import Kept

from .refill import TOKEN, Refill

WAIT = 3600  # seconds until the person must have signed in again
SHOWN = 600  # seconds for which a page that was shown can be loaded again
LOST = "登录已失效，刚才提交的内容没有保存。请登录后再办理一次，上传的文件需要重新选择。"
SAFE = "登录已失效，您填写的内容已保留。请用原来的账号重新登录后继续。"
AFTER_THIS = "您填写的内容已保留。请先完成这一步，然后继续。"
FILES = "上传的文件未保留，需要重新选择。"
SECRET = "password"  # noqa: S105 - part of the names of fields that are never kept


def page_before(request: HttpRequest) -> str:
    """The page of ours that the request came from, or the first page."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or before.path.startswith("//"):
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path or "/"


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep what was sent for whoever sits at this browser, and tell them; or tell them that it is lost."""
    page, key = page_before(request), ""
    person = request.user.pk or last_person(request)
    if person and page != "/":
        key = keep_form(
            user_id=person,
            page=page,
            action=request.get_full_path(),
            fields={
                name: request.POST.getlist(name)
                for name in request.POST
                if name != TOKEN and SECRET not in name
            },
            files=bool(request.FILES),
        )
    if not key:
        messages.warning(request, LOST)
        return
    safe = AFTER_THIS if request.user.is_authenticated else SAFE
    messages.warning(request, safe + (FILES if request.FILES else ""))
    _hand_over(response, key, WAIT)


def waiting(request: HttpRequest, user: User) -> Kept | None:
    """What this person at this browser had typed on this page."""
    key = request.COOKIES.get(KEPT_FORM)
    if not key or request.method != "GET" or request.headers.get("HX-Request"):
        return None
    return kept_form(user=user, key=key, page=request.get_full_path())


def settle(request: HttpRequest, user: User) -> None:
    """The form of this page is sent again: what was kept of it has served."""
    key = request.COOKIES.get(KEPT_FORM, "")
    if key and kept_form(user=user, key=key, page=page_before(request)):
        drop_kept_form(user=user, key=key)


def show(request: HttpRequest, response: HttpResponseBase, kept: Kept) -> None:
    """Fill the form of a finished page. It is only shown: sending it is for the person to do."""
    kind = response.headers.get("Content-Type", "")
    if (
        not isinstance(response, HttpResponse)
        or response.status_code != 200
        or not kind.startswith("text/html")
    ):
        return
    page = Refill(response.content.decode(), page=kept.page, action=kept.action, values=kept.fields)
    words = [text for given in kept.fields.values() for text in given if text.strip()]
    context = {
        "placed": page.form is not None,
        "words": words,
        "files": kept.files,
        "to": kept.page,
    }
    notice = render_to_string("components/kept_notice.html", context, request)
    response.content = page.result(notice).encode()
    _hand_over(response, request.COOKIES[KEPT_FORM], SHOWN)


def _hand_over(response: HttpResponseBase, key: str, seconds: int) -> None:
    response.set_cookie(
        KEPT_FORM,
        key,
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
