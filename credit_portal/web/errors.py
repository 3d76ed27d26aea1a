"""Error pages. A refusal says its sentence; what is missing and what is not yours look the same.

Each page ends with a way on. None may fail in its turn: what cannot be drawn is said on a bare page.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import ROLE_PERMISSIONS, Permission
from credit_portal.audit.context import request_id

from . import care, kept
from .maintenance import Notice

logger = logging.getLogger(__name__)

BUSY_AGAIN = 60  # seconds
DESK = "/staff/"  # written out: resolving addresses may be what failed
BARE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body><h1>{title}</h1><p>{sentence}</p><p><a href="/">返回首页</a></p></body></html>'
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without context processors: the host name itself may be what was wrong."""
    return page(
        "400.html", 400, "请求有误", "请返回上一页重试，或从首页重新进入。", care_of(request)
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = getattr(exception, "user_message", "您没有查看此页面的权限。")
    context = {
        "sentence": sentence,
        "roles": roles_with(getattr(exception, "permission", None)),
        "heading": "没有权限",
        "firm": request.path.startswith("/enterprise/"),
        "visitor": request.path.startswith(DESK) and not in_staff_tree(request),
    }
    if in_staff_tree(request):
        context["grantors"] = "、".join(person.name for person in policy.grantors())
        return page("staff/error_403.html", 403, "没有权限", sentence, context, request)
    return page("403.html", 403, "没有权限", sentence, context, request)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Back to the page of the form, fetched anew; the address comes from the browser and is checked."""
    context = {**care_of(request), "back": kept.page_before(request)}
    return page("403_csrf.html", 403, "页面已失效", "请返回上一页，刷新后重新提交。", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    template = "staff/error_404.html" if in_staff_tree(request) else "404.html"
    return page(template, 404, "找不到页面", "您访问的页面不存在。", {"missing": True}, request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without request, session and database: whatever failed must not fail again here."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return busy(request)
    context = {**care_of(request), "number": short_number(), "at": timezone.localtime()}
    context["desk"] = DESK if request.path.startswith(DESK) else ""
    sentence = f"刚才的操作没有完成，请稍后重试。错误编号 {short_number()}。"
    return page("500.html", 500, "系统暂时出错", sentence, context)


def busy(request: HttpRequest) -> HttpResponse:
    """The database did not answer or is too busy: not a fault of the page, and worth a second try."""
    context = {**care_of(request), "number": short_number(), "sent": was_sent(request)}
    response = page("503.html", 503, "系统繁忙", "系统暂时无法处理，请一分钟后重试。", context)
    response["Retry-After"] = str(BUSY_AGAIN)
    return response


def too_many(request: HttpRequest, *, wait: int, sentence: str, back: str = "") -> HttpResponse:
    """Something dear was asked for too often, or by too many at once; `wait` in seconds, `back`: the way on."""
    context = {**care_of(request), "sentence": sentence, "back": back}
    response = page("429.html", 429, "请稍后再试", sentence, context)
    response["Retry-After"] = str(wait)
    return response


def closed(request: HttpRequest, notice: Notice | None) -> HttpResponse:
    """The site is closed for maintenance; says why and until when."""
    notice = notice or Notice("", "", "", "")
    ends_at = notice.ends_at
    context = {
        **care_of(request),
        "reason": notice.reason,
        "ends_at": ends_at,
        "today": ends_at is not None and ends_at.date() == timezone.localdate(),
        "over": ends_at is not None and ends_at <= timezone.now(),
        "sent": was_sent(request),
    }
    response = page("maintenance.html", 503, "系统正在维护", "请稍后再来。", context)
    response["Retry-After"] = str(notice.retry_after)
    return response


def page(
    template: str,
    status: int,
    title: str,
    sentence: str,
    context: dict[str, Any],
    request: HttpRequest | None = None,
) -> HttpResponse:
    """The page, or the same in plain words when it cannot be drawn. Kept by nobody."""
    try:
        html = str(render_to_string(template, {"site": settings.PORTAL_SITE, **context}, request))
    except Exception:
        logger.exception("the page %s could not be drawn", template)
        html = BARE.format(title=escape(title), sentence=escape(sentence))
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response


def roles_with(permission: Permission | None) -> str:
    """The roles that carry the permission, in words."""
    roles = [role.label for role, held in ROLE_PERMISSIONS.items() if permission in held]
    return "、".join(roles)


def in_staff_tree(request: HttpRequest) -> bool:
    """Whether the page belongs into the frame of staff: there, and seen by one of them."""
    if not request.path.startswith(DESK):
        return False
    user = getattr(request, "user", None)
    return isinstance(user, User) and policy.is_staff_member(user)


def care_of(request: HttpRequest) -> dict[str, Any]:
    """关怀版 for pages drawn without context processors."""
    return {"care": care.of(request)}


def short_number() -> str:
    """The first part of the request's number: enough to find it in the log, short enough for the telephone."""
    return request_id.get().partition("-")[0]


def was_sent(request: HttpRequest) -> bool:
    """Whether a form was on its way, which is now lost."""
    return request.method not in ("GET", "HEAD")
