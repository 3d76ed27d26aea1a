"""The main steps where scripts do not run: every button is a plain form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from credit_portal.jobs.models import Job
from publicity.models import ImportBatch, PenaltyDecision

from . import sheets
from .parts import wait_until
from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_upload_import_submit_and_search(enter: Callable[..., Person], tmp_path: Path) -> None:
    clerk = enter("clerk", script=False)
    clerk.sees("待办")
    clerk.open("/staff/publicity/imports/new/")
    clerk.page.get_by_label("表格文件").set_input_files(sheets.make_workbook(tmp_path, rows=100))
    clerk.press("上传并检查")
    wait_until(lambda: ImportBatch.objects.filter(state="checked").exists())
    batch = ImportBatch.objects.get()
    page = f"/staff/publicity/imports/{batch.pk}/"
    clerk.open(page)
    clerk.look("without-script-preview")
    clerk.vouch_for_the_filer()
    clerk.page.get_by_role("button", name=f"导入 {batch.accepted} 条").click()
    wait_until(lambda: ImportBatch.objects.filter(state="imported").exists())
    clerk.open(page)
    clerk.press(f"提交审核 {batch.accepted} 条")
    clerk.look("without-script-confirm")
    clerk.press("提交审核")
    wait_until(lambda: Job.objects.filter(kind="publicity.act", state="done").exists())
    clerk.page.reload()
    clerk.sees(f"已提交审核 {batch.accepted} 条")
    assert PenaltyDecision.objects.filter(state="in_review").count() == batch.accepted

    reviewer = enter("reviewer", script=False)
    reviewer.sees("待办")
    reviewer.open("/staff/publicity/penalty/?state=in_review")
    reviewer.look("without-script-list")
    for box in reviewer.page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()
    reviewer.press("审核通过")
    if (late := reviewer.page.get_by_label("迟报原因")).count():
        late.fill("补录。")
    reviewer.press("审核通过")
    reviewer.sees("已审核通过 3 条")

    visitor = enter(script=False)
    visitor.open("/")
    visitor.page.get_by_label("企业名称、统一社会信用代码或文书号").fill("焜屿电梯")
    visitor.press("查询")
    visitor.sees("淮南市焜屿电梯维保有限公司")
    visitor.look("without-script-search")
