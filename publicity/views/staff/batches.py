"""Importing a workbook: template, upload, preview, confirmation, the faulty rows back, undo."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.generic import DetailView, FormView, ListView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal
from credit_portal.jobs.selectors import open_job
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import SafePaginator

from ... import services
from ...forms import UploadForm
from ...intake.returns import faulty_workbook, official_template
from ...models import DECISION_MODELS, ImportBatch, ImportRow
from ...selectors.batches import faulty_lines, preview_lines
from ...selectors.desk import KIND_WORDS
from .presenters import crumbs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BatchListView(StaffView, ListView[ImportBatch]):
    permission = Permission.DECISION_VIEW
    template_name = "staff/publicity/batch_list.html"
    paginate_by = 20
    paginator_class = SafePaginator

    def get_queryset(self) -> Any:
        return ImportBatch.objects.visible_to(self.user).for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "lines": [(row, BATCH_TONES[row.state]) for row in self.object_list_page(kwargs)],
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT),
        }


class BatchCreateView(StaffView, FormView[UploadForm]):
    """Upload. The file is kept and checked by a job; the preview page follows its progress."""

    permission = Permission.DECISION_EDIT
    form_class = UploadForm
    template_name = "staff/publicity/batch_create.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"departments": self.departments}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        assert isinstance(upload, UploadedFile)  # noqa: S101 - narrows for mypy
        try:
            batch = services.receive_workbook(
                kind=form.cleaned_data["kind"],
                upload=upload,
                department=form.cleaned_data["department"],
                by=self.user,
            )
        except Refusal as refusal:
            form.add_error("file", refusal.user_message)
            return self.form_invalid(form)
        return redirect("staff:publicity:batch_detail", batch.pk)


class BatchPage(StaffView):
    permission = Permission.DECISION_VIEW

    def batch(self) -> ImportBatch:
        rows = ImportBatch.objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class BatchDetailView(BatchPage, DetailView[ImportBatch]):
    """Progress while a job runs, then the preview by verdict, then the result."""

    template_name = "staff/publicity/batch_detail.html"
    context_object_name = "batch"

    def get_object(self, queryset: Any = None) -> ImportBatch:
        return self.batch()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.object
        verdict = self.request.GET.get("verdict", "")
        if verdict not in ImportRow.Verdict.values:
            verdict = "reject" if batch.rejected else "accept"
        paginator = SafePaginator(preview_lines(batch, verdict), 20)
        page = paginator.get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "kind_word": KIND_WORDS[batch.kind],
            "job": open_job(subject_id=str(batch.pk), kind_prefix="publicity."),
            "verdict": verdict,
            "verdicts": [
                ("accept", "可导入", batch.accepted),
                ("confirm", "需确认", batch.to_confirm),
                ("reject", "有误", batch.rejected),
            ],
            "page_obj": page,
            "confirm_lines": list(preview_lines(batch, "confirm")[:200]),
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT, batch.department),
            "timeline": timeline(batch),
        }


class BatchStepView(BatchPage):
    """POST only, for the people who may edit."""

    permission = Permission.DECISION_EDIT
    http_method_names: ClassVar[list[str]] = ["post"]

    def step(self, batch: ImportBatch) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch()
        try:
            messages.success(request, self.step(batch))
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        return redirect("staff:publicity:batch_detail", batch.pk)


class BatchImportView(BatchStepView):
    def step(self, batch: ImportBatch) -> str:
        ids = [int(pk) for pk in self.request.POST.getlist("confirmed") if pk.isdecimal()]
        services.confirm_rows(batch=batch, line_ids=ids, by=self.user)
        return "已开始导入，可离开本页，稍后回来查看结果。"


class BatchUndoView(BatchStepView):
    def step(self, batch: ImportBatch) -> str:
        count = services.undo_batch(batch=batch, by=self.user)
        return f"已撤销本批，删除 {count} 条未审核的信息。"


class BatchFaultyView(BatchPage):
    """The faulty rows as the same workbook, with a column of reasons."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        batch = self.batch()
        lines = faulty_lines(batch)
        if not lines:
            raise Http404
        with batch.file.open("rb") as source:
            content = faulty_workbook(source, lines)
        stem = batch.filename.rsplit(".", 1)[0]
        return workbook_answer(content, f"{stem}-有误行.xlsx")


class TemplateView(StaffView):
    """The official template of one kind, with drop-down lists from the dictionaries."""

    permission = Permission.DECISION_EDIT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = str(kwargs["kind"])
        if kind not in DECISION_MODELS:
            raise Http404
        names = [row.name for row in services.intake.departments_to_file_for(self.user)]
        return workbook_answer(official_template(kind, names), f"{KIND_WORDS[kind]}信息公示表（模板）.xlsx")


def workbook_answer(content: bytes, filename: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return answer
