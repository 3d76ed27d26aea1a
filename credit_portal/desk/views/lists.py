"""Saved queries and columns: small forms on the lists. A refusal gets a page of its own that keeps what was typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render

from credit_portal.desk.exceptions import ColumnsRefused, QueryRefused
from credit_portal.desk.forms import QueryForm
from credit_portal.desk.models import SavedQuery
from credit_portal.desk.pages import ListPage, page_of
from credit_portal.desk.selectors.lists import tidy
from credit_portal.desk.services import lists as services
from credit_portal.web.gates import StaffView


class ListForm(StaffView):
    """Sent from a list: `page` names it, `query` is the address it had. GET, as after a sign-in in between, leads
    to the desk."""

    http_method_names: Any = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("staff:home")

    def list_page(self, key: str) -> ListPage:
        page = page_of(key)
        if page is None:
            raise Http404
        return page

    def back(self, page: ListPage, query: str = "") -> HttpResponse:
        kept = tidy(query or self.request.POST.get("query", ""))
        return HttpResponseRedirect(f"{page.url}?{kept}" if kept else page.url)

    def saved(self) -> SavedQuery:
        return get_object_or_404(SavedQuery.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def refuse(self, page: ListPage, refusal: QueryRefused, heading: str) -> HttpResponse:
        form = QueryForm(self.request.POST)
        form.is_valid()
        form.add_error("name", refusal.user_message)
        query = self.request.POST.get("query", "")
        back = f"{page.url}?{tidy(query)}"
        context = {"form": form, "page": page, "query": query, "back": back, "heading": heading}
        return render(self.request, "staff/desk/query_form.html", context)


class QuerySaveView(ListForm):
    def post(self, request: HttpRequest) -> HttpResponse:
        page = self.list_page(request.POST.get("page", ""))
        name, query = request.POST.get("name", ""), request.POST.get("query", "")
        try:
            saved = services.save_query(page=page, name=name, query=query, by=self.user)
        except QueryRefused as refusal:
            return self.refuse(page, refusal, "保存查询")
        messages.success(request, f"已保存查询“{saved.name}”。")
        return self.back(page, saved.query)


class QueryRenameView(ListForm):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = self.saved()
        page = self.list_page(saved.page)
        try:
            services.rename_query(saved=saved, name=request.POST.get("name", ""))
        except QueryRefused as refusal:
            return self.refuse(page, refusal, "修改名称")
        messages.success(request, f"名称已改为“{saved.name}”。")
        return self.back(page)


class QueryDeleteView(ListForm):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = self.saved()
        page = self.list_page(saved.page)
        services.delete_query(saved=saved)
        messages.success(request, f"已删除查询“{saved.name}”，信息本身没有变动。")
        return self.back(page)


class ColumnsView(ListForm):
    """`columns`: the ticked keys; `reset=1`: back to the columns of the house."""

    def post(self, request: HttpRequest) -> HttpResponse:
        page = self.list_page(request.POST.get("page", ""))
        if request.POST.get("reset") == "1":
            services.forget_columns(page=page, by=self.user)
            return self.back(page)
        try:
            services.keep_columns(page=page, columns=request.POST.getlist("columns"), by=self.user)
        except ColumnsRefused as refusal:
            messages.error(request, refusal.user_message)
        return self.back(page)
