"""Public pages as a browser meets them for the first time: quick, still, small, quiet; and readable for everyone.

The site runs as it is installed: collected static files, compressed answers, page cache. The limit of one second for
the largest paint is asserted by tests/benchmarks/test_pages.py on a quiet machine; here a slow one is only caught when
it is slow beyond doubt.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.factories.publicity import FIRM
from tests.journeys.conftest import restore_types, seed_calendar
from tests.serving import (
    Served,
    collect_static,
    fill_city,
    serving,
    view,
    views,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
BEYOND_DOUBT = 8_000  # milliseconds, on a machine that does many other things
LARGEST_VIEW = 150_000  # bytes
MOST_MOVED = 0.01
SHOTS = Path(__file__).resolve().parents[2] / "test-artefacts"
ENHANCED = {"rules": {"color-contrast-enhanced": {"enabled": True}}}


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    collect_static(directory)
    return directory


@pytest.fixture
def site(
    calendar_afterwards: None, known_types: object, transactional_db: None, static: Path
) -> Iterator[Served]:
    restore_types(known_types)
    seed_calendar()
    fill_city(120)
    with serving(static, workers=1) as served:
        yield served


def test_first_views(site: Served, browser: Browser) -> None:
    for name, path in views(site, FIRM).items():
        site.fetch(path)
        seen = view(browser, site, path)
        sys.stdout.write(f"\n{name}: {seen.paint:.0f} ms, {seen.moved:.4f}, {seen.bytes:,} bytes")
        assert 0 < seen.paint < BEYOND_DOUBT, name
        assert seen.moved < MOST_MOVED, name
        assert 0 < seen.bytes <= LARGEST_VIEW, name
        assert seen.complaints == [], name
        assert "default-src 'self'" in seen.policy
        assert "unsafe" not in seen.policy
        assert "nonce" not in seen.policy


def test_headers_as_they_are_sent(site: Served) -> None:
    """What the test client cannot show: compression, static files for ever, 304 and HEAD over the wire."""
    status, headers, body = site.fetch("/publicity/penalty/", **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Cache-Control"] == "public, no-cache"
    assert int(headers["Content-Length"]) == len(body)
    assert "Set-Cookie" not in headers

    asked = {"Accept-Encoding": "gzip", "If-None-Match": headers["ETag"]}
    status, again, body = site.fetch("/publicity/penalty/", **asked)
    assert (status, body) == (304, b"")
    assert again["ETag"] == headers["ETag"]

    sheet = next(iter(Path(site.static).glob("css/base.*.css")))
    status, headers, body = site.fetch(f"/static/css/{sheet.name}", **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Encoding"] == "gzip"


def open_in_care(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="关怀版").click()
    expect(page.get_by_role("navigation", name="常用功能")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_care_is_switched_by_its_link(site: Served, browser: Browser, script: bool) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=script)
    page = context.new_page()
    page.goto("/publicity/penalty/?decided_from=2020-01-01")
    here = page.url
    page.get_by_role("link", name="关怀版").click()
    assert page.url == here
    buttons = page.locator(".care-menu__buttons a")
    expect(buttons).to_have_text(["查信用", "查公示", "我要举报 拨打 12350"])
    assert buttons.last.get_attribute("href") == "tel:12350"
    page.get_by_role("link", name="查公示").click()
    expect(page.locator("h1")).to_have_text("行政处罚公示")
    page.get_by_role("link", name="普通版").click()
    assert page.locator(".care-menu").count() == 0
    assert context.cookies() == []
    context.close()


def test_care_on_a_phone_begins_with_the_page(site: Served, browser: Browser) -> None:
    """Menu and buttons take one line, the hotline is among them, and what the page is about stands above the fold."""
    context = browser.new_context(base_url=site.url, viewport={"width": 360, "height": 844})
    page = context.new_page()
    open_in_care(page)
    for name, path in {**views(site, FIRM), "missing": "/no/such/page"}.items():
        page.goto(path)
        main = page.locator("#content").bounding_box()
        assert main, name
        assert path == "/" or main["y"] < 422, name
        hotline = page.get_by_role("link", name="12350").first.bounding_box()
        assert hotline, name
        assert hotline["y"] + hotline["height"] < 844, name
        shown = page.locator(".menu a, .care-menu__more a").filter(visible=True)
        expect(shown).to_have_count(0)
    page.locator("summary", has_text="菜单").click()
    expect(page.locator(".care-menu__more a").first).to_have_text("首页")
    page.locator(".care-menu__more").get_by_role("link", name="站内文章").click()
    expect(page.locator("h1")).to_have_text("站内文章")
    context.close()


def test_care_is_readable_everywhere(site: Served, browser: Browser) -> None:
    """axe with contrast of 7:1; nothing runs over the edge; type is larger than on the ordinary page."""
    SHOTS.mkdir(exist_ok=True)
    context = browser.new_context(base_url=site.url, locale="zh-CN")
    page = context.new_page()
    open_in_care(page)
    for name, path in {
        **views(site, FIRM),
        "missing": "/no/such/page",
        "door": "/sign-in/",
    }.items():
        page.goto(path)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 20
        for width in (390, 1366):
            page.set_viewport_size({"width": width, "height": 860})
            page.screenshot(path=SHOTS / f"care-{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            found = Axe().run(page, options=ENHANCED).response
            assert [
                (v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found["violations"]
            ] == []
            assert "color-contrast-enhanced" in {rule["id"] for rule in found["passes"]}
    context.close()


def test_printed_pages_are_documents(site: Served, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    for name, path in views(site, FIRM).items():
        page.goto(path)
        sheet = tmp_path / f"{name}.pdf"
        page.pdf(path=sheet, prefer_css_page_size=True)
        text = subprocess.run(
            ["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "淮南市安全生产信用信息平台" in text, name
        assert "打印时间 20" in text, name
        assert "127.0.0.1" in text.splitlines()[0] + text.splitlines()[1], name
        assert "工作人员入口" not in text, name
        assert "12350" not in text, name
        size = subprocess.run(["pdfinfo", sheet], capture_output=True, text=True, check=True).stdout
        assert "A4" in size, name
    context.close()
