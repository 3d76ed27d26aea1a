"""Importing a workbook: template, upload, preview, confirmation, the faulty rows back. Undo: undoing.py."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import FormView, ListView
from django.views.generic import TemplateView as TemplatePage

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.exceptions import Refusal
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage, page_of

from ... import services
from ...exceptions import FileTwinRefused
from ...forms import MAX_UPLOAD, UploadForm
from ...intake.problems import Finding, worst_first
from ...intake.returns import faulty_workbook, official_template
from ...list_filters import BATCH_ORDERS, BatchFilter, ordered, shown_filters
from ...models import DECISION_MODELS, ImportBatch, ImportRow
from ...selectors.batches import (
    EXISTING,
    OPEN_JOB,
    agreed_rows,
    batch_states,
    doubtful_lines,
    faulty_lines,
    last_job,
    other_filer,
    part_counts,
    preview_lines,
)
from ...selectors.desk import KIND_WORDS
from .presenters import crumbs, row_numbers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


TONES = {
    "received": "info",
    "checked": "amber",
    "imported": "green",
    "refused": "red",
    "undone": "",
}
CONFIRM_SHOWN = 200  # doubtful rows listed for ticking at once


class BatchListView(NearestPage, StaffView, ListView[ImportBatch]):
    permission = Permission.DECISION_VIEW
    template_name = "staff/publicity/batch_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        rows = ImportBatch.objects.visible_to(self.user).for_table()
        self.filter = BatchFilter(self.request.GET, queryset=rows, request=self.request)
        found = self.filter.qs if self.filter.is_valid() else rows.none()
        return ordered(found, BATCH_ORDERS, self.request.GET.get("sort", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            **shown_filters(self.filter),
            "lines": [(batch, TONES[batch.state]) for batch in context["page_obj"]],
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT),
        }


class BatchCreateView(StaffView, FormView[UploadForm]):
    """Upload. The file is kept and checked by a job; the preview page follows its progress."""

    permission = Permission.DECISION_EDIT
    form_class = UploadForm
    template_name = "staff/publicity/batch_create.html"

    def get_initial(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        return {"kind": kind} if kind in DECISION_MODELS else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"departments": self.departments}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = (("表格导入", reverse("staff:publicity:batch_list")), ("上传表格", ""))
        return super().get_context_data(**kwargs) | {
            "crumbs": crumbs(*steps),
            "max_mb": MAX_UPLOAD // 1024 // 1024,
        }

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
        except FileTwinRefused as refusal:
            form.add_error("file", refusal.user_message)
            return self.render_to_response(self.get_context_data(form=form, twin=refusal.batch))
        except Refusal as refusal:
            form.add_error("file", refusal.user_message)
            return self.form_invalid(form)
        return redirect("staff:publicity:batch_detail", batch.pk)


class BatchPage(StaffView):
    permission = Permission.DECISION_VIEW

    def batch(self) -> ImportBatch:
        rows = ImportBatch.objects.visible_to(self.user).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class BatchDetailView(BatchPage, TemplatePage):
    """Progress while a job runs, then the preview by verdict, then the result."""

    template_name = "staff/publicity/batch_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The job before its batch: one that ends in between is still watched, and the next look finds it ended.
        job = last_job(self.kwargs["pk"])
        batch = self.batch()
        if getattr(request, "htmx", False):
            return self.progress(job)
        if job is not None:
            jobs.mark_seen(by=self.user, job=job)
        return self.render_to_response(self.get_context_data(batch=batch, job=job, **kwargs))

    def progress(self, job: Job | None) -> HttpResponse:
        """The bar alone while the job runs; then one full page, for everything has changed."""
        if job is not None and job.state in OPEN_JOB:
            address = self.request.path
            return render(
                self.request, "staff/jobs/_progress.html", {"job": job, "poll_url": address}
            )
        return HttpResponse(headers={"HX-Refresh": "true"})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch: ImportBatch = kwargs["batch"]
        steps = (("表格导入", reverse("staff:publicity:batch_list")), (f"第 {batch.pk} 批", ""))
        ended = batch.state in (ImportBatch.State.REFUSED, ImportBatch.State.UNDONE)
        job_open = not ended and kwargs["job"] is not None and kwargs["job"].state in OPEN_JOB
        context = super().get_context_data(**kwargs) | {
            "crumbs": crumbs(*steps),
            "tone": "info" if job_open else TONES[batch.state],
            "state_word": under_way(batch) if job_open else batch.get_state_display(),
            "kind_word": KIND_WORDS[batch.kind],
            "job_open": job_open,
            "can_edit": policy.may(self.user, Permission.DECISION_EDIT, batch.department),
            "timeline": timeline(batch),
        }
        if batch.state in (ImportBatch.State.CHECKED, ImportBatch.State.IMPORTED):
            context |= self.preview(batch) | self.outcome(batch)
        return context

    def preview(self, batch: ImportBatch) -> dict[str, Any]:
        verdict = self.request.GET.get("verdict", "")
        if verdict not in (*ImportRow.Verdict.values, EXISTING):
            verdict = "reject" if batch.rejected else "accept"
        page = page_of(self.request, preview_lines(batch, verdict))
        parts = part_counts(batch)
        doubtful = doubtful_lines(batch)
        return {
            "verdict": verdict,
            "verdicts": verdict_items(batch, verdict, parts),
            "page_obj": page,
            "rows": [preview_row(line) for line in page],
            "confirm_rows": list(doubtful[:CONFIRM_SHOWN]),
            "doubtful": (left := doubtful.count()),
            "importable": parts.get(ImportRow.Verdict.ACCEPT, 0),
            "faulty": batch.rejected + left,
            "other_filer": other_filer(batch),
        }

    def outcome(self, batch: ImportBatch) -> dict[str, Any]:
        """What became of the imported rows: how many stand in which state, and whether all can go."""
        states = batch_states(batch)
        return {
            "states": states,
            "drafts": sum(item.count for item in states if item.state in ("draft", "returned")),
            "undoable": not agreed_rows(batch).exists(),
            "batch_query": f"?batch={batch.pk}",
            "in_system": sum(item.count for item in states),
        }


def under_way(batch: ImportBatch) -> str:
    """The word for the state of a batch while its job waits or runs."""
    return "检查中" if batch.state == ImportBatch.State.RECEIVED else "导入中"


def verdict_items(batch: ImportBatch, current: str, parts: dict[str, int]) -> list[dict[str, Any]]:
    """The parts of the sheet, together all its rows; 已有 only when the portal holds some of them."""
    counts = [
        ("accept", "可导入", "green", ""),
        ("confirm", "需确认", "amber", ""),
        ("reject", "有误", "red", ""),
        *([(EXISTING, "已有", "", "不会重复导入")] if batch.existing else []),
    ]
    return [
        {
            "label": label,
            "count": parts.get(verdict, 0),
            "tone": tone,
            "note": note,
            "url": f"?verdict={verdict}#rows",
            "active": verdict == current,
        }
        for verdict, label, tone, note in counts
    ]


def remark(problem: Finding) -> dict[str, str]:
    """The column stands before the sentence; a sentence that begins with it need not say it twice."""
    column, sentence = problem["column"], problem["sentence"]
    if problem.get("severity") == "warn":
        return {"column": "提醒", "sentence": sentence}
    return {"column": column, "sentence": sentence.removeprefix(f"“{column}”").removeprefix("：")}


def preview_row(line: ImportRow) -> dict[str, Any]:
    """A row for the import preview: faults first, then what was cleaned, then whether it is known."""
    remarks = [remark(problem) for problem in worst_first(line.problems)]
    remarks += [{"column": "已整理", "sentence": note["sentence"]} for note in line.cleaned]
    if line.existing:
        remarks.append({"column": "系统中已有", "sentence": "不会重复导入。"})
    return {
        "number": line.sheet_row,
        "name": line.values.get("party_name", ""),
        "reference": line.values.get("document_number", ""),
        "verdict": line.verdict,
        "problems": remarks,
    }


class BatchImportView(BatchPage):
    """POST only, for the people who may edit."""

    permission = Permission.DECISION_EDIT
    http_method_names: Any = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch()
        try:
            self.start(batch)
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, "已开始导入，可离开本页，稍后回来查看结果。")
        return redirect("staff:publicity:batch_detail", batch.pk)

    def start(self, batch: ImportBatch) -> None:
        ids = row_numbers(self.request.POST.getlist("confirmed"))
        if batch.state == ImportBatch.State.IMPORTED:
            services.confirm_remaining(batch=batch, line_ids=ids, by=self.user)
        else:
            sure = self.request.POST.get("filer_confirmed") == "1"
            services.confirm_rows(batch=batch, line_ids=ids, by=self.user, filer_confirmed=sure)


class BatchFaultyView(BatchPage):
    """The faulty rows as the same workbook, with a column of reasons."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        batch = self.batch()
        lines = faulty_lines(batch)
        if not lines:
            raise Http404
        with batch.file.open("rb") as source:
            content = faulty_workbook(cast(BinaryIO, source), lines)
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
        return workbook_answer(
            official_template(kind, names), f"{KIND_WORDS[kind]}信息公示表（模板）.xlsx"
        )


def workbook_answer(content: bytes, filename: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return answer
