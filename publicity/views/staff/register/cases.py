"""Cases of the law-enforcement system: what is due and not there, and how tables of cases come in."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import FormView, TemplateView

from credit_portal.accounts.roles import Permission
from credit_portal.audit.selectors import timeline
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job
from credit_portal.web.pagination import page_of

from .... import services
from ....filters import read_month
from ....forms import MAX_UPLOAD
from ....intake.register import HEADINGS
from ....models import RegisterCase, RegisterUpload
from ....register_forms import CaseFilterForm, RegisterUploadForm
from ....selectors.batches import OPEN_JOB
from ....selectors.cases import cases_of, lines_of, unfiled_counts, uploads_of
from ....selectors.desk import KIND_WORDS
from ....services.register import JOB
from ....workbooks import SheetWriter
from ..batches import workbook_answer
from .pages import RegisterPage

# What was read as a code, in words that are read again.
WORDS = KIND_WORDS | {state.value: str(state.label) for state in RegisterCase.State}
TONES = {"received": "info", "taken": "green", "refused": "red"}


class CaseListView(RegisterPage, TemplateView):
    """What should have been reported first; all cases behind the other tab."""

    template_name = "staff/publicity/register/case_list.html"
    tab = "register_cases"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everything = self.request.GET.get("show") == "all"
        form = CaseFilterForm(self.request.GET)
        page = page_of(self.request, self.chosen(form, everything=everything))
        return super().get_context_data(**kwargs) | {
            "filters": form,
            "filtered": any(self.request.GET.get(name) for name in form.fields),
            "keep": [{"name": "show", "value": "all"}] if everything else [],
            "reset_url": "?show=all" if everything else "?",
            "everything": everything,
            "shown_tabs": self.shown_tabs(everything),
            "page_obj": page,
            "lines": lines_of(page),
            "uploads": [(upload, TONES[upload.state]) for upload in uploads_of(self.department)],
        }

    def chosen(self, form: CaseFilterForm, *, everything: bool) -> Any:
        rows = cases_of(self.department, unfiled=not everything)
        asked = form.cleaned_data if form.is_valid() else {}
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if month := read_month(asked.get("month", "")):
            rows = rows.decided_in(month)
        return rows.containing(asked["q"]) if asked.get("q") else rows

    def shown_tabs(self, everything: bool) -> list[dict[str, Any]]:
        unfiled = unfiled_counts([self.department.pk]).get(self.department.pk, 0)
        return [
            {"label": "应报未报", "url": "?", "count": unfiled, "active": not everything},
            {"label": "全部案件", "url": "?show=all", "count": None, "active": everything},
        ]


class UploadCreateView(RegisterPage, FormView[RegisterUploadForm]):
    """The table is kept and read by a job; its page follows the progress."""

    permission = Permission.REGISTER_EDIT
    form_class = RegisterUploadForm
    template_name = "staff/publicity/register/upload_create.html"
    tab = "register_cases"
    step = "导入台账"

    def authorise(self) -> None:
        super().authorise()
        self.require_in(self.department)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "max_mb": MAX_UPLOAD // 1024 // 1024,
            "headings": [names[0] for names in HEADINGS.values()],
        }

    def form_valid(self, form: RegisterUploadForm) -> HttpResponse:
        upload = services.receive_register(
            upload=form.cleaned_data["file"],
            department=self.department,
            kind=form.cleaned_data["kind"],
            by=self.user,
        )
        return redirect(self.address("register_upload", pk=upload.pk))


class UploadPage(RegisterPage):
    tab = "register_cases"
    step = "导入结果"

    @cached_property
    def upload(self) -> RegisterUpload:
        rows = RegisterUpload.objects.filter(department=self.department).for_table()
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class UploadView(UploadPage, TemplateView):
    """Progress while the job runs, then what was taken and what was not."""

    template_name = "staff/publicity/register/upload_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Job.objects.filter(kind=JOB, subject_id=str(self.kwargs["pk"]))
        job = rows.order_by(
            "-pk"
        ).first()  # before the upload: one that ends in between is seen next time
        running = job is not None and job.state in OPEN_JOB
        if getattr(request, "htmx", False):
            if not running:
                return HttpResponse(headers={"HX-Refresh": "true"})
            asked_again = {"job": job, "poll_url": request.path}
            return render(request, "staff/jobs/_progress.html", asked_again)
        if job is not None:
            jobs.mark_seen(by=self.user, job=job)
        return self.render_to_response(self.get_context_data(job=job, job_open=running))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload = self.upload
        page = page_of(self.request, upload.lines.order_by("sheet_row"))
        return super().get_context_data(**kwargs) | {
            "upload": upload,
            "tone": TONES[upload.state],
            "counts": counts(upload),
            "page_obj": page,
            "rows": [
                {
                    "number": line.sheet_row,
                    "name": line.values["party_name"],
                    "reference": line.values["case_number"],
                    "verdict": "reject",
                    "problems": line.problems,
                }
                for line in page
            ],
            "timeline": timeline(upload),
        }


def counts(upload: RegisterUpload) -> list[dict[str, Any]]:
    return [
        {"label": "新增", "count": upload.created, "tone": "green"},
        {"label": "更新", "count": upload.changed, "tone": "green"},
        {"label": "没有变化", "count": upload.unchanged, "tone": ""},
        {"label": "有误，没有读取", "count": upload.rejected, "tone": "red"},
    ]


class UploadFaultyView(UploadPage):
    """The rows that were not taken, with their reasons, to be mended and uploaded as they are."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = list(self.upload.lines.order_by("sheet_row"))
        if not lines:
            raise Http404
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "faulty.xlsx"
            headings = [names[0] for names in HEADINGS.values()]
            sheet = SheetWriter(path, "有误的行", [*headings, "原因", "原表行号"])
            for line in lines:
                reasons = "；".join(problem["sentence"] for problem in line.problems)
                values = [WORDS.get(line.values[name], line.values[name]) for name in HEADINGS]
                sheet.write([*values, reasons, str(line.sheet_row)])
            sheet.close()
            content = path.read_bytes()
        stem = self.upload.filename.rsplit(".", 1)[0]
        return workbook_answer(content, f"{stem}-有误行.xlsx")
