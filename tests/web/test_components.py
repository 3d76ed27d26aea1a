"""The components in a real browser: accessible, within the screen, under the strict policy, with and without script."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route, expect

from tests.pages import page_problems

from . import gallery

SITE = "http://portal.test"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
SHOTS = os.environ.get("PORTAL_SHOTS", "")


def answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(SITE).partition("#")[0].partition("?")[0]
    if path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind)
    elif path.startswith("/gallery/"):
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=html, headers=headers)
    else:
        route.fulfill(status=404, body="", content_type="text/plain")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Any]:
    contexts = []

    def open_page(name: str, width: int = 1366, **options: Any) -> tuple[Page, list[str]]:
        context = browser.new_context(
            viewport={"width": width, "height": 860}, locale="zh-CN", **options
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        html = gallery.page(name)
        complaints: list[str] = []
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", lambda route: answer(route, html))
        page.goto(f"{SITE}/gallery/{name}")
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", gallery.PAGES)
def test_markup_is_sound(name: str) -> None:
    assert page_problems(gallery.page(name)) == []


@pytest.mark.journey
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("name", gallery.PAGES)
def test_page_is_accessible_and_fits(open_page: Any, name: str, width: int) -> None:
    page, complaints = open_page(name, width)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    # Playwright adds axe from outside the page's policy.
    results = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in results] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


@pytest.mark.journey
def test_pages_work_without_script(open_page: Any) -> None:
    page, _ = open_page("staff_desk", 390, java_script_enabled=False)
    menu = page.get_by_role("navigation", name="工作菜单")
    assert menu.count() == 0
    page.get_by_text("菜单", exact=True).click()
    assert menu.get_by_role("link", name="双公示").is_visible()
    assert page.locator("[data-select-all]").is_hidden()
    assert page.get_by_role("button", name="提交审核").is_enabled()


@pytest.mark.journey
def test_selection_is_counted_and_awaited(open_page: Any) -> None:
    page, _ = open_page("staff_desk")
    button = page.get_by_role("button", name="提交审核")
    assert button.is_disabled()
    page.get_by_label("全选本页").check()
    assert page.get_by_text("已选 4 条").is_visible()
    assert button.is_enabled()
    page.get_by_label(f"选择{gallery.FIRMS[0]}").uncheck()
    assert page.get_by_text("已选 3 条").is_visible()
    assert page.get_by_label("全选本页").evaluate("box => box.indeterminate")


@pytest.mark.journey
def test_where_nothing_can_be_ticked_there_is_no_box_for_all(open_page: Any) -> None:
    page, _ = open_page("staff_desk")
    assert page.locator("[data-select-all]").is_visible()
    page.evaluate("""() => {
        document.querySelectorAll("tbody input[name=ids]").forEach((box) => { box.disabled = true; });
        document.dispatchEvent(new Event("htmx:afterSwap"));
    }""")
    assert page.locator("[data-select-all]").is_hidden()


@pytest.mark.journey
def test_codes_become_capitals_without_losing_the_caret(open_page: Any) -> None:
    page, _ = open_page("staff_form")
    field = page.get_by_label("统一社会信用代码")
    field.fill("")
    field.press_sequentially("9134 0405mayh")
    assert field.input_value() == "91340405MAYH"
    field.press("Home")
    field.press_sequentially("x")
    field.press_sequentially("y")
    assert field.input_value() == "XY91340405MAYH"


@pytest.mark.journey
def test_a_file_shows_its_name_and_a_large_one_is_refused_early(
    open_page: Any, tmp_path: Path
) -> None:
    page, _ = open_page("staff_import")
    field = page.get_by_label("选择工作簿，或拖到这里")
    small, large = tmp_path / "十月处罚.xlsx", tmp_path / "large.xlsx"
    small.write_bytes(b"x" * 2048)
    large.write_bytes(b"")
    os.truncate(large, 21 * 1024 * 1024)
    field.set_input_files(small)
    assert page.get_by_text("十月处罚.xlsx（2 KB）").is_visible()
    assert field.evaluate("input => input.checkValidity()")
    field.set_input_files(large)
    assert field.evaluate("input => input.validationMessage") == "文件超过 20 MB，请拆分后再上传。"


@pytest.mark.journey
def test_an_upload_shows_how_much_has_arrived_and_opens_what_is_answered(
    open_page: Any, tmp_path: Path
) -> None:
    page, _ = open_page("staff_import")
    book = tmp_path / "十月处罚.xlsx"
    book.write_bytes(b"x" * 4096)
    page.get_by_label("选择工作簿，或拖到这里").set_input_files(book)
    page.route("**/load/", lambda route: route.abort())
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".drop__state")).to_contain_text("网络中断，没有上传成功。所选文件仍在")
    expect(page.locator(".drop progress")).to_be_hidden()

    page.unroute("**/load/")
    html = "<!doctype html><title>第 1 批</title><h1>第 1 批导入</h1>"
    page.route("**/load/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="第 1 批导入")).to_be_visible()
    assert page.url.endswith("/load/")


@pytest.mark.journey
def test_the_keyboard_meets_the_skip_link_first(open_page: Any) -> None:
    page, _ = open_page("public_detail")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到主要内容"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


@pytest.mark.journey
def test_reports_appear_on_paper_without_menus(open_page: Any) -> None:
    page, _ = open_page("public_detail")
    page.emulate_media(media="print")
    assert page.locator(".menu").is_hidden()
    assert page.locator(".facts").first.is_visible()


@pytest.mark.journey
def test_explanations_are_unfolded_on_paper(open_page: Any) -> None:
    page, _ = open_page("staff_desk")
    folds = page.locator("main details")
    before = [fold.get_attribute("open") for fold in folds.all()]
    assert None in before
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert all(fold.get_attribute("open") is not None for fold in folds.all())
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert [fold.get_attribute("open") for fold in folds.all()] == before
