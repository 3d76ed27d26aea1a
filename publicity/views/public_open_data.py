"""开放数据: what is offered and how to check it, and the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from credit_portal.web.gates import PublicView

from ..selectors.open_data import (
    MANIFEST,
    SUMS,
    current,
    held_back,
    made_today,
    manifest,
    may_be_handed_out,
)
from .public import trail

TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}
PLAIN = "text/plain; charset=utf-8"
SOON = 60  # seconds; the next run of the clock
NAMES = {
    "permit": "行政许可",
    "penalty": "行政处罚",
    "deletions": "移出清单",
    "dictionary": "数据字典",
}


class OpenDataView(PublicView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = manifest() if made_today() else None
        held = held_back()
        files = [
            {
                **file,
                "label": NAMES[file["name"].split("-")[0].split(".")[0]],
                "form": "CSV" if file["name"].endswith(".csv") else "JSON",
                "url": reverse("public:publicity:open_data_file", args=[file["name"]]),
                "held_back": file["name"].partition("-")[0] in held,
            }
            for file in (told["files"] if told else ())
        ]
        context = {
            "told": told,
            "generated_at": dt.datetime.fromisoformat(told["generated_at"]) if told else None,
            "files": files,
            "others": [
                {"name": name, "url": reverse("public:publicity:open_data_file", args=[name])}
                for name in (SUMS, MANIFEST)
            ],
            "kept_days": settings.OPEN_DATA_DELETIONS_DAYS,
            "breadcrumb": trail({"label": "开放数据"}),
        }
        return render(request, "public/publicity/open_data.html", context)


class OpenDataFileView(PublicView):
    """Only names of the manifest are looked up, so that no name leads out of the folder."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        place = current().resolve()  # the digest and the file are of one set
        name, told = kwargs["name"], manifest(place)
        if told is None:
            raise Http404
        digests = {file["name"]: file["sha256"] for file in told["files"]}
        if name not in (*digests, SUMS, MANIFEST):
            raise Http404
        if not may_be_handed_out(name):
            return being_made()
        made = dt.datetime.fromisoformat(told["generated_at"])
        etag = f'"{digests.get(name, told["generated_at"])}"'
        answer = get_conditional_response(request, etag=etag)
        return answer or handed_out(place / name, etag, made)


def handed_out(path: Path, etag: str, made: dt.datetime) -> HttpResponseBase:
    try:
        file = path.open("rb")
    except FileNotFoundError:  # another set took the place of this one just now
        raise Http404 from None
    kind = TYPES.get(path.suffix, PLAIN)
    answer = FileResponse(file, as_attachment=True, filename=path.name, content_type=kind)
    answer.headers["ETag"] = etag
    answer.headers["Last-Modified"] = http_date(made.timestamp())
    return answer


def being_made() -> HttpResponse:
    text = "数据正在更新，请一分钟后再下载。\n"
    answer = HttpResponse(text, status=503, content_type=PLAIN)
    answer.headers["Retry-After"] = str(SOON)
    answer.headers["Cache-Control"] = "no-store"
    return answer
