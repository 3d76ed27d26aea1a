"""What goes wrong at browsers: sessions that end, pages left early, two at once, and searches meant to hurt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from django.contrib.sessions.models import Session

from publicity.models import ImportBatch, PenaltyDecision
from tests.factories.records import valid_code

from . import sheets
from .parts import Portal, wait_until
from .people import Person

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

UPLOAD = "/staff/publicity/imports/new/"
Enter = Callable[..., Person]


def test_a_session_that_ended_before_the_upload(enter: Enter, tmp_path: Path) -> None:
    clerk = enter("clerk")
    clerk.open(UPLOAD)
    clerk.page.get_by_label("表格文件").set_input_files(sheets.make_workbook(tmp_path, rows=100))
    Session.objects.all().delete()
    clerk.press("上传并检查")
    clerk.sees("您填写的内容已保留")
    clerk.sees("上传的文件未保留，需要重新选择。")
    clerk.look("session-ended")
    assert not ImportBatch.objects.exists()

    clerk.sign_in("clerk")
    clerk.page.wait_for_url(f"**{UPLOAD}")
    clerk.sees("登录已失效，您填写的内容已保留，请核对后再次提交。")
    clerk.page.get_by_label("表格文件").set_input_files(tmp_path / "penalty-7.xlsx")
    clerk.press("上传并检查")
    clerk.sees("批导入")
    assert ImportBatch.objects.count() == 1


def test_a_browser_closed_during_the_import(enter: Enter, tmp_path: Path) -> None:
    clerk = enter("clerk")
    clerk.open(UPLOAD)
    clerk.page.get_by_label("表格文件").set_input_files(sheets.make_workbook(tmp_path, rows=100))
    clerk.press("上传并检查")
    clerk.page.locator(".verdicts").wait_for()
    clerk.vouch_for_the_filer()
    with clerk.page.expect_request("**/import/"):
        clerk.page.get_by_role("button", name="导入").click(no_wait_after=True)
    clerk.page.close()

    wait_until(lambda: ImportBatch.objects.filter(state="imported").exists())
    batch = ImportBatch.objects.get()
    assert PenaltyDecision.objects.count() == batch.imported == batch.accepted > 90
    clerk.page = clerk.context.new_page()
    clerk.open("/staff/publicity/imports/")
    clerk.sees("已导入")


def test_two_clerks_and_one_file(enter: Enter, portal: Portal, tmp_path: Path) -> None:
    """One batch comes of it; the other clerk is told which."""
    content = sheets.make_workbook(tmp_path, rows=100).read_bytes()
    clerk = enter("clerk")
    clerk.open(UPLOAD)
    fields = {
        "csrfmiddlewaretoken": clerk.page.locator(
            "input[name=csrfmiddlewaretoken]"
        ).first.input_value(),
        "kind": "penalty",
        "department": clerk.page.get_by_label("填报单位").input_value(),
    }
    cookies = {row["name"]: row["value"] for row in clerk.context.cookies()}

    def send(_: int) -> httpx.Response:
        with httpx.Client(cookies=cookies, trust_env=False, timeout=30) as client:
            return client.post(
                portal.url + UPLOAD,
                data=fields,
                files={"file": ("处罚.xlsx", content)},
                headers={"Referer": portal.url + UPLOAD},
            )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    batch = ImportBatch.objects.get()
    for answer in answers:
        if answer.status_code == 200:
            assert f"第 {batch.pk} 批上传，没有重复接收" in answer.text
    wait_until(lambda: ImportBatch.objects.filter(state="checked").exists())


HOSTILE = (
    "中",
    "，。",
    "中" * 300,
    "😀👩‍👩‍👧",
    "' OR 1=1; DROP TABLE records_marketentity; --",
    "%_%",
    "\x00\x01煤矿",
    "<script>alert(1)</script>",
    valid_code(1)[:17],
    "９１３４０４０５ＭＡＹＨＭＭ８Ｆ８Ｘ",
    "91340405mayhmm8f8x",
    "\\",
    "../../etc/passwd",
    "\ud83d",
)
PAGES = ("0", "-1", "1000000000", "99999999999999999999999", "abc", "１", "")
QUERIES = (
    "authority=nobody&decided_from=yesterday&decided_until=2026-13-45",
    "q=煤业&q=化工&page=2&page=x",
    "unknown=1&unknown=2",
    "kind=<b>&page=%FF",
    "decided_from=0001-01-01&decided_until=9999-12-31",
    "q=%00&authority=%00",
)


def test_hostile_questions_get_helpful_pages(city: None, portal: Portal) -> None:
    addresses = [f"/search/?{query_of(text)}" for text in HOSTILE]
    lists = (
        "/search/",
        "/publicity/penalty/",
        "/publicity/permit/",
        "/entities/91340405MAYHMM8F8X/",
    )
    addresses += [
        f"{path}?{urlencode({'q': '淮南', 'page': page})}" for path in lists for page in PAGES
    ]
    addresses += [f"{path}?{query}" for path in lists for query in QUERIES]
    with httpx.Client(base_url=portal.url, trust_env=False, follow_redirects=True) as client:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "<script>alert" not in answer.text
            assert "</html>" in answer.text


def query_of(text: str) -> str:
    return urlencode({"q": text.encode("utf-8", "surrogatepass")})


NOWHERE = ("/p/nothing/", "/p/%00/", "/entities/x/", "/entities/%00/", "/publicity/x/", "/x")


def test_addresses_of_nothing_are_not_found(city: None, portal: Portal) -> None:
    for address in NOWHERE:
        answer = httpx.get(portal.url + address, trust_env=False, follow_redirects=True)
        assert answer.status_code == 404, address
        assert "</html>" in answer.text


def test_one_character_is_told_what_to_do(enter: Enter) -> None:
    visitor = enter()
    for text, told in (
        ("中", "请至少输入两个字"),
        ("", "请输入要查询的内容"),
        ("9134040MAYHMM8F8X", "这个代码不正确"),
        ("🙂🙂🙂", "没有查到相符的企业或决定"),
    ):
        visitor.open(f"/search/?{urlencode({'q': text})}")
        visitor.sees(told)
    visitor.look("search-hostile")
