"""A person's own notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import ListView

from credit_portal.notices import services
from credit_portal.notices.models import Notice
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage


class NoticeListView(NearestPage, StaffView, ListView[Notice]):
    template_name = "staff/notices/list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        rows = Notice.objects.visible_to(self.user)
        self.only_unread = self.request.GET.get("show") == "unread"
        return (rows.unread() if self.only_unread else rows).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Notice.objects.visible_to(self.user)
        tabs = [
            {"label": "全部", "url": "?", "count": mine.count(), "active": not self.only_unread},
            {
                "label": "未读",
                "url": "?show=unread",
                "count": mine.unread().count(),
                "active": self.only_unread,
            },
        ]
        return super().get_context_data(**kwargs) | {"tabs": tabs}


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
