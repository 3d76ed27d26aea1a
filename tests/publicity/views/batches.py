"""Batches in any state, as the pages find them."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.urls import reverse

from credit_portal.jobs.models import Job
from publicity.models import ImportBatch, ImportRow


def make_batch(team, state="checked", **facts):
    digest = f"{ImportBatch.objects.count():064d}"
    given = {"kind": "penalty", "filename": "九月.xlsx"} | facts
    batch = ImportBatch(
        department=team.department,
        uploaded_by=team.clerk,
        digest=digest,
        state=state,
        **given,
    )
    batch.file.save("x.xlsx", ContentFile(b"x"), save=False)
    batch.save()
    return batch


def make_line(batch, row, verdict="reject", **facts):
    problem = {
        "code": "x",
        "field": "party_code",
        "column": "统一社会信用代码",
        "sentence": "校验码有误。",
    }
    values = {"party_name": f"第{row}公司", "document_number": f"〔2026〕{row}号"}
    problems = [] if verdict == "accept" else [problem]
    defaults = {"values": values, "problems": problems}
    return ImportRow.objects.create(
        batch=batch, sheet_row=row, verdict=verdict, **(defaults | facts)
    )


def address_of(batch, page="detail"):
    return reverse(f"staff:publicity:batch_{page}", args=[batch.pk])


def job_for(batch, state="waiting", **facts):
    kind = "publicity.check_batch"
    return Job.objects.create(
        kind=kind,
        title="检查 九月.xlsx",
        owner=batch.uploaded_by,
        subject_id=str(batch.pk),
        state=state,
        **facts,
    )
