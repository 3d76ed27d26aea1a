"""Notices of people who act for firms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import ListView

from credit_portal.accounts import policy
from credit_portal.notices import services
from credit_portal.notices.models import Notice
from credit_portal.notices.selectors import unread_count
from credit_portal.web.gates import EnterpriseView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage


class OwnNoticesView(EnterpriseView):
    """Open to those too whose authorisation has ended: the notice that says so waits here."""

    def admit(self) -> None:
        if policy.is_staff_member(self.user):
            super().admit()


class NoticeListView(NearestPage, OwnNoticesView, ListView[Notice]):
    template_name = "enterprise/notices/list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        return Notice.objects.visible_to(self.user).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"unread": unread_count(self.user)}


class NoticeReadView(OwnNoticesView):
    """Mark one as read and go where it leads."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = get_object_or_404(Notice.objects.visible_to(self.user), pk=pk)
        services.mark_read(by=self.user, notice=notice)
        if url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None):
            return HttpResponseRedirect(notice.link)
        return redirect("enterprise:notices:list")


class NoticeReadAllView(OwnNoticesView):
    def post(self, request: HttpRequest) -> HttpResponse:
        count = services.mark_read(by=self.user)
        messages.success(request, f"已将 {count} 条通知标为已读。")
        return redirect("enterprise:notices:list")
