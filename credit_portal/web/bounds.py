"""Sheets are dear to make: so many a minute for each visitor, so few at one time for all (docs/adr/0015)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from credit_portal.accounts.addresses import client_address

from .errors import too_many
from .turnstile import place, seconds_to_wait

AT_ONCE = 2  # in all processes: half of the workers stay free for pages
BUSY_SECONDS = 5
Made = TypeVar("Made")


def within_bounds(
    request: HttpRequest, *, back: str, make: Callable[[], Made], who: str = ""
) -> Made | HttpResponse:
    """What `make` makes, or the page that asks for patience and leads `back`. `who`: the account, where there is one,
    so that others behind the same address do not use up its share."""
    wait = seconds_to_wait("sheet", who or client_address(request), most=settings.SHEETS_PER_MINUTE)
    if wait:
        sentence = f"您下载 PDF 过于频繁，请 {wait} 秒后再试。"
        return too_many(request, wait=wait, sentence=sentence, back=back)
    with place("sheet", places=AT_ONCE) as free:
        if not free:
            sentence = f"现在同时下载 PDF 的人较多，请 {BUSY_SECONDS} 秒后再试。"
            return too_many(request, wait=BUSY_SECONDS, sentence=sentence, back=back)
        return make()
