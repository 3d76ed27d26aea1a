"""Carrying messages by hand: packages, their file, the platform's answers, taking back."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import FormView, ListView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.containers import WorkbookRefused
from credit_portal.exceptions import Refusal
from credit_portal.outbox import services as outbox
from credit_portal.outbox.models import AnswerSheet, Package
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage

from ...forms import MAX_UPLOAD, AnswerSheetForm
from ...packages import answer_template, read_answers, write_package
from ...selectors.deliveries import waiting_by_department
from .batches import XLSX
from .presenters import crumbs


class PackageListView(NearestPage, StaffView, ListView[Package]):
    """The packages of the person's departments. POST makes one of what a department has waiting."""

    permission = Permission.DELIVERY_VIEW
    template_name = "staff/publicity/package_list.html"
    paginate_by = PAGE_SIZE
    http_method_names: Any = ["get", "head", "post"]

    def get_queryset(self) -> Any:
        return Package.objects.visible_to(self.user).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "may_carry": outbox.may_carry(),
            "waiting": waiting_by_department(self.user),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        policy.require(self.user, Permission.DELIVERY_REPLAY)
        own = policy.departments_for(self.user, Permission.DELIVERY_REPLAY)
        department = get_object_or_404(own, uscc=request.POST.get("department", ""))
        try:
            package = outbox.hand_over(department=department, by=self.user, write=write_package)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
            return redirect("staff:publicity:package_list")
        messages.success(request, f"已生成报送包，共 {package.size} 条。请下载后导入市平台。")
        return redirect("staff:publicity:package_detail", package.pk)


class PackagePage(StaffView):
    permission = Permission.DELIVERY_VIEW

    def package(self) -> Package:
        rows = Package.objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class PackageDetailView(PackagePage, FormView[AnswerSheetForm]):
    """What is in it and how it was answered. POST reads the platform's answer sheet."""

    form_class = AnswerSheetForm
    template_name = "staff/publicity/package_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        package = self.package()
        return super().get_context_data(**kwargs) | {
            "package": package,
            "crumbs": crumbs(
                ("手工报送包", reverse("staff:publicity:package_list")), (package.number, "")
            ),
            "sheets": AnswerSheet.objects.filter(package=package).select_related("read_by"),
            "can_act": policy.may(self.user, Permission.DELIVERY_REPLAY),
            "max_mb": MAX_UPLOAD // 1024 // 1024,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.package()
        policy.require(self.user, Permission.DELIVERY_REPLAY)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AnswerSheetForm) -> HttpResponse:
        upload = form.cleaned_data["file"].read()
        try:
            sheet, new = outbox.read_answers(
                package=self.package(),
                rows=read_answers(io.BytesIO(upload)),
                digest=hashlib.sha256(upload).hexdigest(),
                by=self.user,
            )
        except (Refusal, WorkbookRefused) as refusal:
            form.add_error("file", getattr(refusal, "user_message", str(refusal)))
            return self.form_invalid(form)
        words = f"入库 {sheet.accepted} 条，退回 {sheet.rejected} 条"
        if not new:
            messages.info(self.request, f"这个文件此前已登记过（{words}），没有再次登记。")
        elif sheet.unknown:
            messages.warning(
                self.request, f"已登记：{words}；{len(sheet.unknown)} 行未能对应，见下方。"
            )
        else:
            messages.success(self.request, f"已登记：{words}。")
        return redirect("staff:publicity:package_detail", sheet.package_id)


class PackageFileView(PackagePage):
    http_method_names: Any = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        package = self.package()
        return workbook(bytes(package.file), f"{package.number}.xlsx")


class PackageTakeBackView(PackagePage):
    """POST only: the package was not uploaded, its messages wait again."""

    permission = Permission.DELIVERY_REPLAY
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        package = self.package()
        try:
            count = outbox.take_back(package=package, by=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, f"已收回 {count} 条，重新等待报送。")
        return redirect("staff:publicity:package_detail", package.pk)


class AnswerTemplateView(StaffView):
    permission = Permission.DELIVERY_VIEW
    http_method_names: Any = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return workbook(answer_template(), "答复表样式.xlsx")


def workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer
