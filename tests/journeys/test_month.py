"""The story of the foundation: a department's month of decisions, from spreadsheet to public page to the city."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl.utils import get_column_letter
from playwright.sync_api import expect

from publicity.fields import fields_for
from publicity.models import PenaltyDecision, PermitDecision, Publication
from records.codes import find_id_numbers
from records.models import MarketEntity

from . import sheets
from .orders import PENALTIES, act_on_all, confirm
from .parts import Portal, wait_until
from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

UPLOAD = "/staff/publicity/imports/new/"
LATE_REASON = "年末集中补录，已督促按期报送。"
Enter = Callable[..., Person]


def test_a_department_and_its_month(enter: Enter, portal: Portal, tmp_path: Path) -> None:
    clerk = enter("clerk")
    clerk.look("desk-of-the-clerk")
    download_template(clerk, tmp_path)
    imported = import_the_month(clerk, tmp_path)
    undo_a_small_batch(clerk, tmp_path)
    submit_all(clerk, imported)

    once, lasting = choose_refused(portal)
    reviewer = enter("reviewer")
    returned = review(clerk, reviewer, imported)
    head = enter("head")
    published = imported - 1
    act_on_all(head, "approved", "公示并报送市平台", f"已公示 {published} 条")
    head.look("list-of-the-head")

    wait_until(lambda: portal.sandbox.stats()["effects"] == published - 2, 120)
    assert set(portal.sandbox.stats()["effects_per_key"].values()) == {1}
    see_refused(clerk, once, lasting)
    send_again(clerk, portal, lasting)
    correct_and_publish(clerk, reviewer, head, portal, once)
    stats = portal.sandbox.stats()
    assert (stats["double_effects"], stats["order_inversions"]) == (0, 0)
    assert len(stats["effects_per_key"]) == published

    visitor = enter()
    search_the_public_pages(visitor, once, returned)
    read_the_decision(visitor, once)
    meet_a_masked_person(visitor)
    read_the_board(clerk)
    print_the_report(enter("sysadmin"), tmp_path)


# The clerk: template, preview, import, correction, undo


def download_template(clerk: Person, folder: Path) -> None:
    clerk.follow("表格导入")
    clerk.look("imports-empty")
    clerk.follow("上传表格")
    clerk.look("upload")
    template = clerk.save("行政处罚信息公示表", folder)
    _, sheet, columns = sheets.open_sheet(template)
    labels = [field.label for field in fields_for("penalty")]
    assert [heading.lstrip("*") for heading in columns][1:] == labels
    assert sheet.data_validations.dataValidation


def upload(clerk: Person, workbook: Path, kind: str = "行政处罚") -> None:
    clerk.open(UPLOAD)
    clerk.page.get_by_label("信息种类").select_option(kind)
    clerk.page.get_by_label("表格文件").set_input_files(workbook)
    clerk.press("上传并检查")


def await_preview(
    clerk: Person, accept: int, confirm: int, reject: int, existing: int | None = None
) -> None:
    clerk.page.locator(".verdicts").wait_for(timeout=60_000)
    counts = clerk.page.locator(".verdict b").all_inner_texts()
    wanted = [accept, confirm, reject, *([existing] if existing else [])]
    assert counts == [str(count) for count in wanted]
    clerk.vouch_for_the_filer()


def import_the_month(clerk: Person, folder: Path) -> int:
    """Load, get the faulty rows back, correct them, load again; answers how many drafts there are."""
    workbook = sheets.make_workbook(folder)
    wanted = sheets.expectations(workbook)
    upload(clerk, workbook)
    await_preview(clerk, 963, 2, 35)
    clerk.look("preview")
    check_sentences(clerk, wanted)
    clerk.press("导入 963 条和勾选的行")
    clerk.sees("已导入 963 条")
    clerk.look("imported")

    back = clerk.save("下载有误行（附原因）", folder)
    _, sheet, columns = sheets.open_sheet(back)
    reasons = [
        cell.value for cell in sheet[get_column_letter(columns["原因"])][sheets.HEADER_ROW :]
    ]
    assert len(reasons) == 37
    assert all(reason and re.search(r"[一-鿿]", reason) for reason in reasons)
    corrected = sheets.correct(back, wanted)
    assert corrected == 20
    upload(clerk, back)
    await_preview(clerk, corrected, 2, 13, 2)  # two more rows repeat a decision of the first file
    clerk.sees("不会重复导入")
    clerk.press(f"导入 {corrected} 条和勾选的行")
    clerk.sees(f"已导入 {corrected} 条")
    clerk.sees("表中另有 2 条系统中已有")
    assert PenaltyDecision.objects.count() == 963 + corrected

    upload(clerk, workbook)
    clerk.sees("没有重复接收")
    clerk.look("same-file-again")
    assert PenaltyDecision.objects.count() == 963 + corrected
    return 963 + corrected


def check_sentences(clerk: Person, wanted: dict) -> None:
    """The first page of faulty rows: row in the sheet, column, a sentence."""
    faulty = [row for row, said in wanted.items() if said["verdict"] == "reject"][:20]
    rows = clerk.page.locator("tbody tr")
    assert [int(text) for text in rows.locator("td.num").all_inner_texts()] == faulty
    for text in rows.locator(".problems").all_inner_texts():
        assert re.search(r"\S+：.*[一-鿿]{4}.*。", text), text


def undo_a_small_batch(clerk: Person, folder: Path) -> None:
    upload(clerk, sheets.make_workbook(folder, kind="permit", rows=100), "行政许可")
    await_preview(clerk, 100, 0, 0)
    clerk.press("导入 100 条")
    clerk.sees("已导入 100 条")
    assert PermitDecision.objects.count() == 100
    clerk.follow("撤销本批")
    clerk.sees("删除本批导入的 100 条行政许可信息（草稿 100 条）")
    clerk.look("batch-undo-confirm")
    clerk.press("撤销并删除 100 条")
    clerk.sees("已撤销本批，删除 100 条未审核的信息。")
    clerk.look("batch-undone")
    assert not PermitDecision.objects.exists()


# From draft to public


def submit_all(clerk: Person, count: int) -> None:
    clerk.open(f"{PENALTIES}?state=draft")
    clerk.look("drafts")
    act_on_all(clerk, "draft", "提交审核", f"已提交审核 {count} 条")


def choose_refused(portal: Portal) -> tuple[PenaltyDecision, PenaltyDecision]:
    """Two decisions that the platform will refuse: one the first time, one until told otherwise."""
    first, second = PenaltyDecision.objects.exclude(entity=None).order_by("pk")[:2]
    portal.sandbox.refuse(document_number=first.document_number, code="1002", times=1)
    portal.sandbox.refuse(document_number=second.document_number, code="1001")
    return first, second


def review(clerk: Person, reviewer: Person, count: int) -> PenaltyDecision:
    """One goes back with a reason, the rest are approved; the author of the rows cannot do it."""
    ours = PenaltyDecision.objects.order_by("pk").last()
    assert ours is not None
    token = clerk.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = clerk.page.request.post(
        f"{PENALTIES}steps/",
        form={"csrfmiddlewaretoken": token, "action": "approve", "ids": str(ours.pk)},
        headers={"Referer": clerk.page.url},
    )
    assert answer.status == 403
    ours.refresh_from_db()
    assert ours.state == "in_review"

    reviewer.look("desk-of-the-reviewer")
    reviewer.open(f"{PENALTIES}{ours.pk}/")
    read_the_clock(reviewer, ours)
    reviewer.unfold("退回修改")
    reviewer.page.get_by_label("退回意见").fill("违法事实表述不完整，请补充。")
    reviewer.press("退回")
    reviewer.sees("已退回 1 条")
    reviewer.look("returned")
    reviewer.open(f"{PENALTIES}?state=in_review")
    reviewer.page.get_by_label("全部符合当前条件的信息").check()
    reviewer.press("审核通过")
    reviewer.sees("已过最迟公示日")
    reviewer.page.get_by_label("迟报原因").fill(LATE_REASON)
    confirm(reviewer, "in_review", f"已审核通过 {count - 1} 条")

    clerk.open(f"{PENALTIES}?state=returned")
    clerk.follow(ours.party_name)
    clerk.sees("违法事实表述不完整，请补充。")
    return ours


def read_the_clock(person: Person, decision: PenaltyDecision) -> None:
    """The deadline says what it rests on and which days it passes over."""
    clock = person.page.locator("section", has=person.page.locator("#steps"))
    expect(clock).to_contain_text(decision.deadline_on.isoformat())
    for word in ("规则", "依据", "起算", "跳过", "双休日"):
        expect(clock).to_contain_text(word)
    expect(clock).to_contain_text("7个工作日")
    person.look("decision-in-review")


# The city refuses two


def see_refused(clerk: Person, once: PenaltyDecision, lasting: PenaltyDecision) -> None:
    clerk.open("/staff/")
    clerk.sees("市平台退回")
    clerk.follow("市平台报送")
    table = clerk.page.locator("tbody")
    expect(table.locator("tr")).to_have_count(2)
    for decision in (once, lasting):
        expect(table).to_contain_text(decision.document_number)
    for reason in clerk.page.locator("td[data-label=原因]").all_inner_texts():
        assert re.search(r"[一-鿿]{6}", reason), reason
    clerk.look("refused-by-the-city")


def send_again(clerk: Person, portal: Portal, decision: PenaltyDecision) -> None:
    """The city has lifted its objection: the same version goes out once more."""
    portal.sandbox.client.delete("/admin/reject").raise_for_status()
    row = clerk.page.locator("tr", has_text=decision.document_number)
    row.get_by_role("button").click()
    clerk.sees("已重新排队报送")
    wait_until(lambda: len(portal.sandbox.records(decision.reference)) == 1)


def correct_and_publish(
    clerk: Person, reviewer: Person, head: Person, portal: Portal, decision: PenaltyDecision
) -> None:
    """A new version goes the same way as the first one did, and is delivered in its place."""
    page = f"{PENALTIES}{decision.pk}/"
    clerk.open(page)
    clerk.look("decision-refused")
    clerk.unfold("更正")
    clerk.page.get_by_label("更正原因").fill("按市平台意见补充处罚依据。")
    clerk.press("建立更正版本")
    clerk.look("correction")
    clerk.page.get_by_label("处罚依据").fill("《中华人民共和国安全生产法》第九十七条第三项（更正）")
    clerk.press("保存草稿")
    clerk.sees("已保存")
    clerk.press("提交审核")
    clerk.sees("已提交审核 1 条")
    for person, button, told in (
        (reviewer, "审核通过", "已审核通过 1 条"),
        (head, "公示", "已公示 1 条"),
    ):
        person.open(page)
        if person is head:
            person.page.get_by_role("link", name=button, exact=True).click()
            person.sees("将要公开的内容")
        person.press(button)
        person.sees(told)
    wait_until(lambda: bool(portal.sandbox.records(decision.reference)))
    assert [record["sequence"] for record in portal.sandbox.records(decision.reference)] == [2]
    clerk.open(page)
    clerk.sees("已入库")
    clerk.look("decision-delivered")


# The public


def search_the_public_pages(
    visitor: Person, decision: PenaltyDecision, returned: PenaltyDecision
) -> None:
    """By two characters, by code however it is written, by document number."""
    firm = decision.entity
    assert firm is not None
    visitor.open("/")
    visitor.look("home")
    fragment = next(
        pair for pair in pairs(firm.name) if MarketEntity.objects.search(pair).count() < 20
    )
    search(visitor, fragment)
    visitor.look("search")
    visitor.page.get_by_role("link", name=re.compile(firm.code)).first.click()
    visitor.look("entity")
    wide = firm.code.translate({point: point + 0xFEE0 for point in range(0x21, 0x7F)})
    for written in (firm.code, firm.code.lower(), wide):
        search(visitor, written)
        expect(visitor.page).to_have_url(re.compile(f"/entities/{firm.code}/$"))
    visitor.open("/publicity/penalty/")
    visitor.look("public-list")
    search(visitor, returned.document_number)
    visitor.sees("没有查到相符的企业或决定")
    visitor.look("search-nothing")


def pairs(name: str) -> list[str]:
    return [name[place : place + 2] for place in range(3, len(name) - 1)]


def search(visitor: Person, text: str) -> None:
    box = visitor.page.get_by_role("search")
    box.get_by_label("企业名称、统一社会信用代码或文书号").fill(text)
    box.get_by_role("button").click()
    visitor.page.wait_for_load_state()


def read_the_decision(visitor: Person, decision: PenaltyDecision) -> None:
    """Fields in the national order, the second version, the period with its explanation, the source."""
    search(visitor, decision.document_number)
    visitor.page.get_by_role("link", name=decision.document_number).click()
    visitor.look("public-decision")
    shown = [text.strip() for text in visitor.page.locator(".facts > dt").all_inner_texts()]
    order = [field.label for field in fields_for("penalty") if field.public]
    national = [label for label in shown if label in order]
    assert national == sorted(national, key=order.index)
    assert len(national) >= 12
    text = visitor.text()
    assert find_id_numbers(text) == []
    for word in ("公示期", "怎样算的", "信息来源", "第2版", "（更正）"):
        assert word in text


def meet_a_masked_person(visitor: Person) -> None:
    """A natural person is shown by the surname only, and not found by the full name."""
    row = Publication.objects.get(party_name="王**", document_number=person_document())
    visitor.open(f"/p/{row.public_id}/")
    visitor.sees("王**")
    text = visitor.text()
    assert sheets.PERSON not in text
    assert sheets.ID_NUMBER not in visitor.page.content()
    visitor.look("public-person")
    search(visitor, sheets.PERSON)
    visitor.sees("没有查到")


def person_document() -> str:
    decision = PenaltyDecision.objects.filter(party_name=sheets.PERSON).order_by("pk").first()
    assert decision is not None
    return decision.document_number


# The board


def read_the_board(clerk: Person) -> None:
    """Three rates with their numbers; what is missing leads to exactly its rows."""
    clerk.follow("三率")
    clerk.open(f"/staff/publicity/rates/?month={the_month()}")
    clerk.look("board")
    for label in ("上报率", "合规率", "及时率"):
        clerk.sees(label)
    gap = clerk.page.get_by_role("link", name=re.compile("及时率.*差")).first
    expect(gap).to_be_visible()
    count = re.search(r"差 ([\d,]+)", gap.inner_text())
    assert count is not None
    gap.click()
    expect(clerk.page.locator(".pages")).to_contain_text(f"共 {count[1]} 条")


def the_month() -> str:
    """The month in which most of the decisions were taken that are late by now."""
    return f"{timezone.localdate() - timezone.timedelta(days=25):%Y-%m}"


def print_the_report(admin: Person, folder: Path) -> None:
    """The sheet says what the board says."""
    admin.open(f"/staff/publicity/rates/?month={the_month()}")
    admin.look("board-of-the-city")
    with admin.page.expect_download() as waiting:  # the course of the rates as a picture
        admin.press("下载图片")
    picture = folder / waiting.value.suggested_filename
    waiting.value.save_as(picture)
    assert picture.name == "近十二个月三率.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    figures = [
        text.replace(",", "").replace(" ", "")
        for text in admin.page.locator(".stat__note").all_inner_texts()
    ]
    sheet = admin.save("下载 PDF", folder)
    told = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], check=True, capture_output=True, text=True
    ).stdout
    year, month = the_month().split("-")
    text = re.sub(r"\s+", "", told)
    assert "三率" in text
    assert f"{year}年{int(month)}月" in text
    for numerator, denominator in (figure.split("/") for figure in figures):
        assert re.search(rf"\b{numerator}\b", told), numerator
        assert re.search(rf"\b{denominator}\b", told), denominator
