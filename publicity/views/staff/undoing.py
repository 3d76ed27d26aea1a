"""Before a whole batch is taken back: a page that says how many rows go with it and what stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.roles import Permission
from credit_portal.exceptions import Refusal

from ... import services
from ...models import ImportBatch
from ...selectors.batches import StateCount, batch_states, doubtful_lines
from ...selectors.desk import KIND_WORDS
from ...services.undoing import why_not_undone
from .batches import BatchPage
from .presenters import crumbs, row_numbers


class BatchUndoView(BatchPage, TemplateView):
    """GET asks and changes nothing. POST takes the batch back if it still holds as many rows as the page said."""

    permission = Permission.DECISION_EDIT
    template_name = "staff/publicity/undo_confirm.html"
    http_method_names: Any = ["get", "head", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch()
        policy.require(self.user, Permission.DECISION_EDIT, batch.department)
        if sentence := why_not_undone(batch):
            messages.error(request, sentence)
            return redirect("staff:publicity:batch_detail", batch.pk)
        return self.render_to_response(self.get_context_data(batch=batch))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch()
        read = row_numbers([request.POST.get("count", "")])
        if not read:  # nobody has been told yet what would go
            return redirect("staff:publicity:batch_undo", batch.pk)
        try:
            count = services.undo_batch(batch=batch, by=self.user, read=read[0])
        except Refusal as refusal:
            messages.error(request, refusal.user_message)
        else:
            messages.success(request, done(count))
        return redirect("staff:publicity:batch_detail", batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch: ImportBatch = kwargs["batch"]
        page = reverse("staff:publicity:batch_detail", args=[batch.pk])
        states = batch_states(batch)
        count = sum(item.count for item in states)
        return super().get_context_data(**kwargs) | {
            "crumbs": crumbs(
                ("表格导入", reverse("staff:publicity:batch_list")),
                (f"第 {batch.pk} 批", page),
                ("确认撤销", ""),
            ),
            "page_url": page,
            "title": f"撤销第 {batch.pk} 批 {batch.filename}",
            "label": f"撤销并删除 {count:,} 条" if count else "撤销本批",
            "effects": [*losses(batch, states), *remains(batch)],
            "hidden": [{"name": "count", "value": count}],
        }


def losses(batch: ImportBatch, states: list[StateCount]) -> list[str]:
    """What goes: the rows by state, or the outcome of the check where nothing was imported."""
    if batch.state != ImportBatch.State.IMPORTED:
        return ["尚未导入任何信息，没有信息会被删除；这个文件的检查结果作废，不能再导入。"]
    found = []
    if count := sum(item.count for item in states):
        parts = "，".join(f"{item.label} {item.count:,} 条" for item in states)
        kind = KIND_WORDS[batch.kind]
        found.append(
            f"删除本批导入的 {count:,} 条{kind}信息（{parts}），包括导入后所作的修改，不能恢复。"
        )
    else:
        found.append("本批没有留在系统中的信息，没有信息会被删除。")
    if doubtful := doubtful_lines(batch).count():
        found.append(f"还有 {doubtful:,} 行待确认，撤销后不能再导入。")
    return found


def remains(batch: ImportBatch) -> list[str]:
    """What stays as it is."""
    known = f"表中另有 {batch.existing:,} 条系统原已收录，不受影响。" if batch.existing else ""
    public = "本批没有审核通过的信息，已公示的信息和市平台的数据不受影响。"
    return [
        *filter(None, [known]),
        *([public] if batch.state == ImportBatch.State.IMPORTED else []),
        "本批的上传记录和流转记录保留；同一个文件之后可以重新上传。",
    ]


def done(count: int) -> str:
    if count:
        return f"已撤销本批，删除 {count:,} 条未审核的信息。"
    return "已撤销本批，没有信息需要删除。"
