"""A person's own notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import ListView

from credit_portal.notices import services
from credit_portal.notices.models import Notice
from credit_portal.notices.selectors import LevelCounts, level_counts
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage


class NoticeListView(NearestPage, StaffView, ListView[Notice]):
    """`show=unread` and `level` narrow the list; both stay in the address. Grouped by day."""

    template_name = "staff/notices/list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        given = self.request.GET
        self.only_unread = given.get("show") == "unread"
        self.level = given.get("level", "") if given.get("level") in Notice.Level.values else ""
        rows = Notice.objects.visible_to(self.user)
        if self.level:
            rows = rows.filter(level=self.level)
        return (rows.unread() if self.only_unread else rows).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = level_counts(self.user)
        return context | {
            "tabs": [
                self.tab("全部", "", counts.total, not self.only_unread),
                self.tab("未读", "unread", counts.unread, self.only_unread),
            ],
            "levels": self.levels(counts),
            "only_unread": self.only_unread,
            "level": self.level,
            "days": by_day(context["page_obj"]),
        }

    def tab(self, label: str, show: str, count: int, active: bool) -> dict[str, Any]:
        return {
            "label": label,
            "url": self.address(show, self.level),
            "count": count,
            "active": active,
        }

    def levels(self, counts: LevelCounts) -> list[dict[str, Any]]:
        """One chip for each level that has notices, and one for all."""
        show = "unread" if self.only_unread else ""
        chosen = counts.unread_of if self.only_unread else counts.total_of
        words = [("", "全部级别"), *Notice.Level.choices]
        return [
            {
                "label": label,
                "url": self.address(show, value),
                "count": chosen[value] if value else None,
                "active": value == self.level,
            }
            for value, label in words
            if not value or counts.total_of[value]
        ]

    def address(self, show: str, level: str) -> str:
        given = {name: value for name, value in (("show", show), ("level", level)) if value}
        return f"?{urlencode(given)}"


def by_day(notices: Iterable[Notice]) -> list[tuple[str, list[Notice]]]:
    """Neighbours of one day under its name."""
    today = timezone.localdate()
    words = {today: "今天", today - dt.timedelta(days=1): "昨天"}
    days = groupby(notices, key=lambda notice: timezone.localdate(notice.created_at))
    return [(words.get(day, f"{day:%Y-%m-%d}"), list(rows)) for day, rows in days]


class NoticeReadView(StaffView):
    """Mark one as read and go where it leads."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = get_object_or_404(Notice.objects.visible_to(self.user), pk=pk)
        services.mark_read(by=self.user, notice=notice)
        here = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
        if here:
            return HttpResponseRedirect(notice.link)
        return redirect("staff:notices:list")


class NoticeReadAllView(StaffView):
    def post(self, request: HttpRequest) -> HttpResponse:
        count = services.mark_read(by=self.user)
        messages.success(request, f"已将 {count} 条通知标为已读。")
        return redirect("staff:notices:list")
