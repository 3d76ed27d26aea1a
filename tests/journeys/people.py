"""Somebody at a browser: signs in as people do, and has every page looked at that is reached."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, ClassVar

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect

from credit_portal.demo.cast import PASSWORD, totp_secret

SHOTS = Path(__file__).resolve().parents[2] / "test-artefacts"
WIDTHS = (390, 768, 1366)
TWICE = 683  # what a desk of 1366 shows at 200 % zoom
HEIGHT = 860
PATIENCE = 15_000  # milliseconds
STEP = 30  # seconds for which a TOTP code stands
AXE = Axe()
expect.set_options(timeout=PATIENCE)


class Person:
    """One browser of its own, with or without script."""

    used_codes: ClassVar[set[str]] = set()

    def __init__(self, browser: Browser, site: str, *, script: bool = True) -> None:
        self.site = site
        self.script = script
        self.context = browser.new_context(
            base_url=site,
            viewport={"width": WIDTHS[-1], "height": HEIGHT},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")

    def open(self, path: str) -> None:
        self.page.goto(path)

    def text(self) -> str:
        """What the page says, without blanks."""
        return re.sub(r"\s+", "", self.page.locator("main").inner_text())

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def vouch_for_the_filer(self) -> None:
        """The sample workbook was made out by another organ than the one that files it."""
        self.page.get_by_label("已核对，这些信息由").check()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).first.click()

    def save(self, name: str, folder: Path) -> Path:
        """Press the link that downloads a file."""
        with self.page.expect_download() as waiting:
            self.follow(name)
        target = folder / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target

    def sign_in(self, username: str) -> None:
        """Through the door, with password and code."""
        if "/sign-in/" not in self.page.url:
            self.open("/staff/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.press("登录")
        self.page.locator("input[name=code]").fill(self._code(totp_secret(username)))
        self.press("登录")
        self.page.wait_for_url(lambda url: "/sign-in/code/" not in url)

    def _code(self, secret: str) -> str:
        """A code that stands now and was not used before; each is taken once only."""
        step = int(time.time()) // STEP
        for shift in (0, 1):  # not the one before: it may be too old when it arrives
            code = format_hotp_value(hotp_value(secret, step + shift))
            if f"{secret}{code}" not in self.used_codes:
                self.used_codes.add(f"{secret}{code}")
                return code
        time.sleep(STEP - time.time() % STEP)
        return self._code(secret)

    def look(self, name: str) -> None:
        """Photograph the page on a phone, a tablet and a desk; it fits, also at twice the size, is accessible and
        makes no complaint."""
        SHOTS.mkdir(exist_ok=True)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            shot = SHOTS / f"{name}-{width}.png"
            self.page.screenshot(path=shot, full_page=True, animations="disabled")
            if self.script:
                assert self.page.evaluate("document.documentElement.scrollWidth") <= width, name
        if self.script:
            self.page.set_viewport_size({"width": TWICE, "height": HEIGHT // 2})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= TWICE, name
            self.page.set_viewport_size({"width": WIDTHS[-1], "height": HEIGHT})
            found = AXE.run(self.page).response["violations"]
            assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found] == [], name
        assert self.complaints == []
