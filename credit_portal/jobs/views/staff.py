"""我的任务: a person's own long work, how far it is, how it ended, and what became of each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import ListView, TemplateView

from credit_portal.jobs import services
from credit_portal.jobs.models import Job
from credit_portal.jobs.selectors import entries, entry_of, line_counts, lines_until
from credit_portal.web.gates import StaffView
from credit_portal.web.pagination import PAGE_SIZE, NearestPage, page_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = {"open": "进行中", "done": "已完成", "failed": "未完成"}


class JobListView(NearestPage, StaffView, ListView[Job]):
    """The person's jobs, the newest first."""

    template_name = "staff/jobs/list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        rows = Job.objects.visible_to(self.user)
        self.show = self.request.GET.get("show", "")
        if self.show == "open":
            rows = rows.open()
        elif self.show in SHOWN:
            rows = rows.filter(state=self.show)
        return rows.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = entries(
            context["page_obj"]
        )  # read before they are marked, so that news is shown as such
        services.mark_seen(by=self.user)
        return context | {
            "entries": rows,
            "any_open": any(entry.progress.is_open for entry in rows),
            "show": self.show if self.show in SHOWN else "",
            "tabs": [
                {"label": "全部", "url": "?", "count": None, "active": self.show not in SHOWN},
                *(
                    {
                        "label": word,
                        "url": f"?show={key}",
                        "count": None,
                        "active": key == self.show,
                    }
                    for key, word in SHOWN.items()
                ),
            ],
        }


class JobPage(StaffView):
    def job(self) -> Job:
        return get_object_or_404(Job.objects.visible_to(self.user), pk=self.kwargs["pk"])


class JobDetailView(JobPage, TemplateView):
    """The bar while it runs (htmx asks for it alone), then the result with its log."""

    template_name = "staff/jobs/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.job()
        entry = entry_of(job)
        if getattr(request, "htmx", False):
            if not entry.progress.is_open:
                return HttpResponse(headers={"HX-Refresh": "true"})
            return render(request, "staff/jobs/_progress.html", {"job": job})
        services.mark_seen(by=self.user, job=job)
        return self.render_to_response(self.get_context_data(entry=entry, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = kwargs["entry"].job
        counts = line_counts(job)
        only = self.request.GET.get("show") == "refused"
        lines = job.lines.refused() if only else job.lines.all()
        return super().get_context_data(**kwargs) | {
            "job": job,
            "crumbs": [
                {"label": "待办", "url": reverse("staff:home")},
                {"label": "我的任务", "url": reverse("staff:jobs:list")},
                {"label": job.title, "url": ""},
            ],
            "lines_until": lines_until(job),
            "counts": counts,
            "page_obj": page_of(self.request, lines.for_table()),
            "tabs": [
                {"label": "全部", "url": "?", "count": counts.total, "active": not only},
                {
                    "label": "未办理",
                    "url": "?show=refused",
                    "count": counts.refused,
                    "active": only,
                },
            ],
        }


class JobFileView(JobPage):
    """The result file of the person's own job, for a week, sent in pieces."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        job = self.job()
        if job.state != Job.State.DONE or not job.file:
            raise Http404
        try:
            size = job.file.size
        except FileNotFoundError:
            raise Http404 from None
        answer = StreamingHttpResponse(pieces(job), content_type=XLSX)
        answer.headers["Content-Length"] = str(size)
        answer.headers["Content-Disposition"] = content_disposition_header(True, job.filename) or ""
        return answer


def pieces(job: Job) -> Iterator[bytes]:
    with job.file.open("rb") as content:
        yield from content.chunks()
